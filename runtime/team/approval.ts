import type { AgentFile } from '../config/schema.ts'
import type { Answer } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Judged, World } from '../loop/run.ts'
import { type PermissionRules, permissionsOf } from '../policy/permissions.ts'
import { type ProjectRules, projectRulesOf } from './settings/project-rules.ts'

/** A question with what a person may want to know before he answers. */
export type Question = Parameters<World['person']>[0] & {
  /** Rules that would let such calls go ahead from now on; none where no rule can. */
  readonly suggested: () => Promise<readonly string[]>
  /** The file in which rules of this project are kept. */
  readonly projectFile: string
}

/** Asks the person at hand. Called off by the signal, also where another answer has made this question needless. */
export type AskPerson = (question: Question, signal: AbortSignal) => Promise<Answer>

export type ApprovalOptions = {
  readonly source: { readonly path: string }
  /** The folder from which the agent file was named. */
  readonly cassettesFrom: string
  readonly yolo: boolean
  readonly person: AskPerson
  readonly notice: (text: string) => void
}

type Waiting = { readonly judged: Judged; readonly settle: (answer: Answer) => void }

export type Approval = Pick<World, 'permission' | 'person'> & {
  /** By the rules of another agent file, which may not allow what the main one denies. */
  readonly permissionIn: (rules: PermissionRules) => World['permission']
  /** From now on as if --yolo had been given, or not. */
  readonly trust: (all: boolean) => void
}

/**
 * The rules of the agent file, of the project and of this run, and the person, who may add to them. After «always» it is as
 * if --yolo had been given; after a rule, the questions that wait and are answered by it are asked no more.
 */
export const approvalOf = (file: AgentFile, options: ApprovalOptions): Approval => {
  const project = projectRulesOf(options.source.path, options.cassettesFrom)
  const session = agreedBy(options.person)
  const waiting = new Set<Waiting>()
  let { yolo } = options
  const permissionIn = (rules: PermissionRules) => async (judged: Judged) =>
    permissionsOf(together(rules, await project.rules(), { allow: session }), { yolo })(judged)
  const own = file.permissions ?? {}
  const permission = permissionIn(own)
  const wouldAllow = (judged: Judged) => async (rules: readonly string[]) => {
    const { verdict } = await permissionIn(together(own, { allow: rules }))(judged)
    return verdict === 'allow'
  }
  const take = async ({ verdict, allow }: Answer): Promise<void> => {
    if (verdict === 'always') yolo = true
    if (!allow) return
    session.push(...allow.rules)
    if (allow.for === 'project') await keep(project, allow.rules, options.notice)
    for (const { judged, settle } of waiting)
      if ((await permission(judged)).verdict === 'allow') settle({ verdict: 'yes' })
  }
  return {
    permission,
    trust: all => {
      yolo = all
    },
    permissionIn: rules => permissionIn(together(rules, { deny: own.deny ?? [] })),
    async person(question, signal) {
      const { judged } = question
      const { promise: settled, resolve: settle } = Promise.withResolvers<Answer>()
      const own = new AbortController()
      const one = { judged, settle }
      waiting.add(one)
      try {
        const suggested = async () => (await import('../policy/suggest.ts')).suggestedFor(judged, wouldAllow(judged))
        const asked = options.person(
          { ...question, suggested, projectFile: project.path },
          AbortSignal.any([signal, own.signal]),
        )
        const answer = await Promise.race([asked, settled])
        waiting.delete(one)
        await take(answer)
        return answer
      } finally {
        waiting.delete(one)
        own.abort(new Error('the question is answered'))
      }
    },
  }
}

const agreed = new WeakMap<AskPerson, string[]>()

/** What a person has agreed to holds as long as he sits there, also in the next conversation that he opens. */
const agreedBy = (person: AskPerson): string[] => {
  const rules = agreed.get(person) ?? []
  agreed.set(person, rules)
  return rules
}

/** Rules of several places: what one of them denies is denied. */
export const together = (...all: readonly PermissionRules[]): PermissionRules => ({
  deny: all.flatMap(({ deny = [] }) => deny),
  allow: all.flatMap(({ allow = [] }) => allow),
  ask: all.flatMap(({ ask = [] }) => ask),
})

/** What cannot be written down holds for this run all the same. */
const keep = async (project: ProjectRules, rules: readonly string[], notice: (text: string) => void): Promise<void> => {
  try {
    await project.allow(rules)
  } catch (error) {
    const why = error instanceof Failure ? [error.message, error.hint].filter(Boolean).join(' ') : `${error}`
    notice(`${project.path} was not written: ${why}`)
  }
}
