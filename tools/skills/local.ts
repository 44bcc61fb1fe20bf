import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { ToolFailure } from '../../runtime/core/tool.ts'
import { allowedRules } from './allowed.ts'
import {
  descriptionOf,
  type Found,
  frontMatterOf,
  isInside,
  isSkillName,
  mainFile,
  mostFiles,
  mostOfFile,
  type Skill,
} from './skill.ts'

export type LocalWorld = {
  readonly home: string
  readonly workingDirectory: string
  /** The path of something beside the agent file. */
  readonly beside: (path: string) => string
  readonly yaml: (text: string) => Promise<unknown>
}

/** Folders within folders that are looked through. */
const deepest = 5

/**
 * The skills of this machine: those in the user's home, and those of the project, from the root of its repository down to
 * the working directory. Of one name the nearest counts, as in cagent. What those of a project allow counts only where the
 * agent file is of that project too: else it may be anybody's.
 */
export const localSkills = async ({ home, workingDirectory, beside, yaml }: LocalWorld): Promise<Found> => {
  const project = await projectFolders(workingDirectory)
  const isOwn = isBelow(await real(project[0] ?? workingDirectory), await real(dirname(beside('agent.yaml'))))
  const places = [
    { folder: join(home, '.codex/skills'), depth: deepest, counts: true },
    { folder: join(home, '.claude/skills'), depth: 1, counts: true },
    { folder: join(home, '.agents/skills'), depth: deepest, counts: true },
    ...project.flatMap(folder =>
      ['.claude', '.agents'].map(name => ({ folder: join(folder, name, 'skills'), depth: 1, counts: isOwn })),
    ),
  ]
  const skills = new Map<string, Skill>()
  const notices: string[] = []
  for (const { folder, depth, counts } of places) {
    for (const found of await skillFolders(folder, depth, new Set())) {
      const skill = await skillIn(found, yaml, counts)
      if (typeof skill === 'string') notices.push(`The skill in ${found} is left out: ${skill}.`)
      else skills.set(skill.name, skill)
    }
  }
  return { skills: [...skills.values()], notices }
}

const real = async (path: string): Promise<string> => await realpath(path).catch(() => path)

const isBelow = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep)

/** From the root of the repository down to the folder; only that where it is in none. */
const projectFolders = async (folder: string): Promise<string[]> => {
  const folders = [folder]
  for (let here = folder; ; here = dirname(here)) {
    if (here !== folder) folders.unshift(here)
    if (await exists(join(here, '.git'))) return folders
    if (dirname(here) === here) return [folder]
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined

/** Folders with a SKILL.md below this one. Links are followed, since people link skills into place, but each only once. */
const skillFolders = async (folder: string, depth: number, seen: Set<string>): Promise<string[]> => {
  const real = await realpath(folder).catch(() => undefined)
  if (real === undefined || seen.has(real)) return []
  seen.add(real)
  const names = (await readdir(folder).catch(() => [])).filter(name => !name.startsWith('.')).sort()
  const found: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) continue
    if (await exists(join(path, mainFile))) found.push(path)
    else if (depth > 1) found.push(...(await skillFolders(path, depth - 1, seen)))
  }
  return found
}

const skillIn = async (folder: string, yaml: LocalWorld['yaml'], counts: boolean): Promise<Skill | string> => {
  const read = (path: string) => textIn(folder, path)
  try {
    const fields = await frontMatterOf(await read(mainFile), yaml)
    const { name = basename(folder), description = '' } = fields ?? {}
    if (!fields) return 'its SKILL.md does not begin with a name and a description between two lines of ---'
    if (description.trim() === '') return 'it has no description'
    if (!isSkillName(name)) return `"${name}" is no name for a skill`
    const allowed = counts ? allowedRules(fields.allowed) : []
    return { name, description: descriptionOf(description), files: await filesIn(folder), folder, read, allowed }
  } catch (error) {
    return (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)).replace(/\.$/, '')
  }
}

const filesIn = async (folder: string): Promise<string[]> => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(path => path !== mainFile && isInside(path) && !/(^|\/)(\.|node_modules\/)/.test(path))
    .sort()
    .slice(0, mostFiles)
}

/** A file of a folder: links do not lead out of it. */
const textIn = async (folder: string, path: string): Promise<string> => {
  const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, path)).catch(() => undefined)])
  if (real === undefined) throw new ToolFailure(`There is no file ${path} in this skill.`)
  if (!real.startsWith(root + sep)) throw new ToolFailure(`${path} leads out of the skill, and is not read.`)
  const { size } = await stat(real)
  if (size > mostOfFile) throw new ToolFailure(`${path} is too long: ${size} bytes.`)
  const bytes = await readFile(real)
  if (bytes.includes(0)) throw new ToolFailure(`${path} is not text (${size} bytes).`)
  return bytes.toString('utf8')
}
