import type { Setting } from '../core/border.ts'
import type { Model } from '../core/model.ts'
import type { Budget } from '../models/thinking.ts'
import type { FileWiring } from './models.ts'

/** Who speaks, and how: as the command line says, until a person sets it otherwise. */
export type Tuned = { readonly models: readonly string[]; readonly thinking: Budget | undefined }

/** What can be set while a conversation goes on. */
export type Tuning = { readonly now: () => Tuned; readonly set: (setting: Setting) => void }

export const tuningOf = ({ models, thinking }: Pick<Tuned, 'models'> & Partial<Tuned>): Tuning => {
  let now: Tuned = { models, thinking }
  return {
    now: () => now,
    set: setting => {
      if (setting.models || setting.thinking !== undefined) now = tuned(now, setting)
    },
  }
}

/** The same as it would be with a setting. */
export const tuned = (now: Tuned, { models = now.models, thinking }: Setting): Tuned => ({
  models,
  thinking: thinking === undefined ? now.thinking : budgetIn(thinking),
})

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'adaptive'] as const

/** Nothing where the agent file has its say. */
const budgetIn = (thinking: number | string): Budget | undefined =>
  typeof thinking === 'number' ? thinking : levels.find(level => level === thinking)

/** A file as its models are wired, for now: whoever keeps this sees what is set later. */
export const wiringOf = <Fixed extends Pick<FileWiring, 'file' | 'env' | 'names'>>(fixed: Fixed, { now }: Tuning) => ({
  ...fixed,
  get overrides() {
    return now().models
  },
  get thinking() {
    return now().thinking
  },
})

/** A model that is made anew when something was set. It may remember what it has met, and so is made no oftener. */
export const tunable = ({ now }: Tuning, make: () => Model): Model => {
  let made = { model: make(), as: now() }
  return (request, signal) => {
    if (made.as !== now()) made = { model: make(), as: now() }
    return made.model(request, signal)
  }
}

/** What a person sets between two turns, told when the next begins, so that a replay does it there. */
export type Settings = {
  /** Throws a Failure where that cannot be; nothing has changed then. */
  readonly set: (setting: Setting) => void
  /** What was set and is not told yet, from the first; null where there is no more. */
  readonly next: () => Setting | null
}

/** `check` throws a Failure for what cannot be so. */
export const settingsOf = (tuning: Tuning, check: (tuned: Tuned) => void): Settings => {
  const { thinking } = tuning.now()
  // No command line says that, so a recording holds it as if it had been set.
  const untold: Setting[] = thinking === undefined ? [] : [{ thinking }]
  return {
    set: setting => {
      check(tuned(tuning.now(), setting))
      tuning.set(setting)
      untold.push(setting)
    },
    next: () => untold.shift() ?? null,
  }
}
