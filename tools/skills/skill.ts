import { isJsonObject } from '../../runtime/core/json.ts'

/** Knowledge that a model reads when it needs it. `files` are what lies beside its SKILL.md, by their paths from there. */
export type Skill = {
  readonly name: string
  readonly description: string
  readonly files: readonly string[]
  /** The folder in which it lies, where that is on this machine. */
  readonly folder?: string
  /** Rules that let calls go ahead while the skill is in force; none where its words count for nothing there. */
  readonly allowed?: readonly string[]
  /** The text of one of its files, or of SKILL.md. Throws a ToolFailure where it cannot be had. */
  readonly read: (path: string, signal: AbortSignal) => Promise<string>
}

/** What was found, and sentences about what was left out. */
export type Found = { readonly skills: readonly Skill[]; readonly notices: readonly string[] }

export const mainFile = 'SKILL.md'

/** Characters of a description; its specification allows 1024. */
const mostOfDescription = 1024
/** Bytes of one file, as in cagent. */
export const mostOfFile = 1_000_000
export const mostFiles = 100

/** A name becomes part of a prompt, of a path and of an address. */
export const isSkillName = (name: string): boolean => /^[A-Za-z0-9][\w.-]{0,63}$/.test(name)

/** A path within a skill, that leads nowhere else. */
export const isInside = (path: string): boolean =>
  /^[\w@+ ,.()~=-][\w@+ ,.()~=/-]*$/.test(path) && !path.split('/').some(part => part === '' || /^\.+$/.test(part))

/** In one line, and no longer than it may be. */
export const descriptionOf = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > mostOfDescription ? `${line.slice(0, mostOfDescription)}…` : line
}

export type FrontMatter = { readonly name?: string; readonly description?: string; readonly allowed?: unknown }

/** What stands between the lines `---` at the top, as YAML reads it; undefined where there are none. */
export const frontMatterOf = async (
  text: string,
  yaml: (text: string) => Promise<unknown>,
): Promise<FrontMatter | undefined> => {
  const [, block] =
    /^---[^\S\n]*\n([\s\S]*?)\n---[^\S\n]*(?:\n|$)/.exec(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')) ?? []
  if (block === undefined) return undefined
  const fields = await yaml(block)
  if (!isJsonObject(fields)) return {}
  const { name, description, 'allowed-tools': allowed } = fields
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof description === 'string' && { description }),
    ...(allowed !== undefined && { allowed }),
  }
}
