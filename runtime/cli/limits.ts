import { existsSync } from 'node:fs'
import { Failure } from '../core/errors.ts'
import { settingsFile } from '../team/folders.ts'
import type { OpenOptions } from '../team/open.ts'
import type { RunOptions } from './run-options.ts'
import { homeIn } from './terminal.ts'

type Wanted = Pick<RunOptions, 'maxCost' | 'maxTokens' | 'timeout'>

/** The same with what the user has set for all of his runs, where he says nothing else now. A replay uses up nothing. */
export const withOwnLimits = async (
  options: RunOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Wanted> => {
  const path = settingsFile(env, homeIn(env))
  const isReplay = options.fake !== undefined && options.record === undefined
  if (isReplay || !existsSync(path)) return options
  const { limits = {} } = (await import('../team/settings/user-settings.ts')).userSettings(path)
  const { max_cost: cost, max_tokens: tokens, timeout } = limits
  return {
    ...(cost !== undefined && { maxCost: `${cost}` }),
    ...(tokens !== undefined && { maxTokens: `${tokens}` }),
    ...(timeout !== undefined && { timeout: `${timeout}` }),
    ...options,
  }
}

/** What a run may use up; `none` is no limit. Throws a Failure('usage') for what is no amount. */
export const limitsOf = (wanted: Wanted): Pick<OpenOptions, 'limits'> => {
  const { maxCost, maxTokens, timeout } = Object.fromEntries(
    Object.entries(wanted).filter(([, text]) => text !== 'none'),
  ) as Wanted
  const limits = {
    ...(maxCost !== undefined && { cost: amount('--max-cost', maxCost.replace(/^\$/, '')) }),
    ...(maxTokens !== undefined && { tokens: amount('--max-tokens', maxTokens.replaceAll(/[_,]/g, '')) }),
    ...(timeout !== undefined && { milliseconds: milliseconds(timeout) }),
  }
  return Object.keys(limits).length === 0 ? {} : { limits }
}

const amount = (flag: string, text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new Failure('usage', `${flag} takes a number greater than 0, not ${JSON.stringify(text)}.`)
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** `90s`, `1h30m`, or a number of seconds. */
const milliseconds = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return amount('--timeout', text) * 1000
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const sum = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0)
  if (sum > 0 && parts.map(([whole]) => whole).join('') === text) return sum
  throw new Failure('usage', `--timeout takes a time such as 90s, 5m or 1h30m, not ${JSON.stringify(text)}.`)
}
