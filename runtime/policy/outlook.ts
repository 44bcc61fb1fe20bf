import type { Permission } from '../core/border.ts'
import { matches, parsePattern } from './pattern.ts'
import { type PermissionRules, permissionsOf } from './permissions.ts'
import type { Call } from './rules.ts'

/** What rules say of a tool whatever it is called with, and those that have a say only for some arguments. */
export type Outlook = {
  readonly verdict: Permission['verdict']
  readonly rule?: string
  readonly conditional: readonly string[]
}

const kinds = ['deny', 'allow', 'ask'] as const

/** What will be decided about calls of a tool that nobody has made yet. */
export const outlookOf = async (rules: PermissionRules, tool: Omit<Call, 'input' | 'hook'>): Promise<Outlook> => {
  const { verdict, rule } = await permissionsOf(rules, { yolo: false })({ ...tool, input: {} })
  const { name, origin } = tool
  const names = [name, ...(origin === undefined ? [] : [origin])]
  // What may not be run may not be run in the background either.
  const inBackground = name === 'run_background_job' ? ['shell'] : []
  const conditional = kinds.flatMap(kind =>
    (rules[kind] ?? [])
      .map(parsePattern)
      .filter(
        ({ tool, conditions }) =>
          conditions.length > 0 &&
          [...names, ...(kind === 'allow' ? [] : inBackground)].some(each => matches(tool, each)),
      )
      .map(({ source }) => `${kind}: ${source}`),
  )
  return { verdict, ...(rule !== undefined && { rule }), conditional }
}
