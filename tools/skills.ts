import type { Fetch } from '../runtime/core/border.ts'
import { type Offer, type OfferingToolset, type Tool, ToolFailure } from '../runtime/core/tool.ts'
import { defineTool, text } from './define.ts'
import { type LocalWorld, localSkills } from './skills/local.ts'
import { remoteSkills } from './skills/remote.ts'
import { type Found, mainFile, type Skill } from './skills/skill.ts'

export type SkillsWorld = LocalWorld & { readonly fetch: Fetch }

/** Where skills come from (`local`, or addresses of sites), and the only ones that are wanted; all where none is named. */
export type SkillsConfig = { readonly sources: readonly string[]; readonly only: readonly string[] }

/** `true` is all of this machine; a list holds sources and names, and with names alone they are of this machine. */
export const skillsConfig = (skills: true | readonly string[]): SkillsConfig => {
  const all = skills === true ? ['local'] : skills
  const sources = all.filter(each => each === 'local' || isSite(each))
  return { sources: sources.length > 0 ? sources : ['local'], only: all.filter(each => !sources.includes(each)) }
}

const isSite = (text: string): boolean => /^https?:\/\//.test(text)

/**
 * Skills as tools that read them, and as a list of what there is for the prompt; a person has each as `/name`. They are
 * looked for once, when the agent first speaks, and what was found is recorded, so that a replay needs none of them.
 */
export const skillsToolset = (config: SkillsConfig, world: SkillsWorld): OfferingToolset => {
  let finding: Promise<Found> | undefined
  const found = (signal: AbortSignal): Promise<Found> => {
    finding ??= foundBy(config, world, signal).catch(error => {
      finding = undefined
      throw error
    })
    return finding
  }
  return {
    name: 'skills',
    offer: async signal => offerOf(await found(signal)),
    news: async () => null,
    async call(name, input, context) {
      const { skills } = await found(context.signal)
      const tool = toolsFor(skills).find(tool => tool.name === name)
      if (!tool) throw new ToolFailure('There are no skills any more.')
      return await tool.execute(input, context)
    },
    async prompt(name, _, signal) {
      const { skills } = await found(signal)
      return [{ type: 'text', text: await bodyOf(skillNamed(skills, name), signal) }]
    },
    async granted(names, signal) {
      const { skills } = await found(signal)
      const granting = skills.filter(({ name, allowed = [] }) => allowed.length > 0 && names.includes(name))
      return granting.map(({ name, allowed = [] }) => ({ rules: allowed, by: `skill ${name}` }))
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const foundBy = async ({ sources, only }: SkillsConfig, world: SkillsWorld, signal: AbortSignal): Promise<Found> => {
  const all = await Promise.all(
    sources.map(source => (source === 'local' ? localSkills(world) : remoteSkills(source, world.fetch, signal))),
  )
  const skills = new Map<string, Skill>()
  const notices = all.flatMap(({ notices }) => notices)
  for (const [index, skill] of all.flatMap(({ skills }, index) => skills.map(skill => [index, skill] as const))) {
    if (only.length > 0 && !only.includes(skill.name)) continue
    if (!skills.has(skill.name)) skills.set(skill.name, skill)
    else notices.push(`There is another skill named ${skill.name}, so that of ${sources[index]} is left out.`)
  }
  const missing = only.filter(name => !skills.has(name)).map(name => `There is no skill named ${name}.`)
  const inOrder = [...skills.values()].sort((one, two) => (one.name < two.name ? -1 : 1))
  return { skills: inOrder, notices: [...notices, ...missing] }
}

const offerOf = ({ skills, notices }: Found): Offer => ({
  tools: toolsFor(skills).map(({ name, description, parameters, readOnly }) => ({
    name,
    description,
    parameters,
    ...(readOnly && { readOnly }),
  })),
  ...(skills.length > 0 && { instructions: instructionsFor(skills) }),
  ...(skills.length > 0 && {
    prompts: skills.map(({ name, description }) => ({ name, description, arguments: [] })),
  }),
  ...(notices.length > 0 && { notices }),
})

const instructionsFor = (skills: readonly Skill[]): string => `# Skills

A skill tells how a certain kind of work is done here. When a request is of that kind, read the skill with \`read_skill\` first,
and then do as it says.${skills.some(({ files }) => files.length > 0) ? ' Read files of a skill with `read_skill_file`, and only those that it sends you to.' : ''}

${skills.map(lineOf).join('\n')}`

const lineOf = ({ name, description, files }: Skill): string =>
  `- ${name}: ${description}${files.length > 0 ? ` (files: ${files.join(', ')})` : ''}`

const toolsFor = (skills: readonly Skill[]): readonly Tool[] => {
  const read = defineTool({
    name: 'read_skill',
    description: 'Read a skill by its name.',
    parameters: { name: text('The name of the skill') },
    readOnly: true,
    execute: async ({ name }, { signal }) => await bodyOf(skillNamed(skills, name), signal),
  })
  const readFile = defineTool({
    name: 'read_skill_file',
    description: 'Read a file of a skill.',
    parameters: {
      skill_name: text('The name of the skill'),
      path: text('The path of the file within the skill, such as references/FORMS.md'),
    },
    readOnly: true,
    execute: async ({ skill_name, path }, { signal }) => await fileOf(skillNamed(skills, skill_name), path, signal),
  })
  if (skills.length === 0) return []
  return skills.some(({ files }) => files.length > 0) ? [read, readFile] : [read]
}

const skillNamed = (skills: readonly Skill[], name: string): Skill => {
  const skill = skills.find(skill => skill.name === name)
  if (skill) return skill
  throw new ToolFailure(`skill "${name}" not found. The skills are: ${skills.map(({ name }) => name).join(', ')}.`)
}

/** Scripts of a skill are run where they lie. */
const bodyOf = async ({ read, folder, files }: Skill, signal: AbortSignal): Promise<string> => {
  const body = await read(mainFile, signal)
  return folder === undefined || files.length === 0
    ? body
    : `${body.trimEnd()}\n\n(The files of this skill are in ${folder}.)\n`
}

const fileOf = async ({ name, read, files }: Skill, path: string, signal: AbortSignal): Promise<string> => {
  if (path !== mainFile && !files.includes(path)) {
    const known = files.length > 0 ? `Its files are: ${files.join(', ')}.` : 'It has none.'
    throw new ToolFailure(`The skill ${name} has no file "${path}". ${known}`)
  }
  return await read(path, signal)
}
