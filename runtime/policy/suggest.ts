import { innerOf, programOf } from './inner.ts'
import { type Call, lineOf } from './rules.ts'
import { hole, type SimpleCommand, scriptOf, wildcard } from './shell.ts'

/**
 * Rules that would let a call go ahead, and others like it: what a person may agree to who does not want to be asked
 * about such calls again. None where no rule could: another one, or a hook, has its say before.
 */
export const suggestedFor = async (
  call: Pick<Call, 'name' | 'input'>,
  wouldAllow: (rules: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> => {
  for (const rules of await candidatesFor(call)) if (await wouldAllow(rules)) return rules
  return []
}

const candidatesFor = async (call: Pick<Call, 'name' | 'input'>): Promise<readonly (readonly string[])[]> => {
  const line = lineOf({ ...call, readOnly: false })
  if (line === undefined) return [[literally(call.name)]]
  const prefix = `${literally(call.name)}:cmd=`
  const { commands } = await scriptOf(line)
  const globs = (await Promise.all(commands.map(globsFor))).flat()
  const isKnown = globs.every(glob => glob !== undefined)
  // A line that is written out allows itself, whatever is in it; with a star in front it would allow others, too.
  const isWritable = /^[^*?[]/.test(line.trim())
  return [
    ...(isKnown && globs.length > 0 ? [[...new Set(globs)].map(glob => prefix + glob)] : []),
    ...(isWritable ? [[prefix + line.trim()]] : []),
  ]
}

/** Programs whose second word says what they do. */
const withVerbs = new Set(
  'apt bun cargo composer deno docker dotnet gem gh git go gradle helm kubectl make mvn npm pip pnpm poetry podman systemctl terraform uv yarn'.split(
    ' ',
  ),
)

/** Programs of which one call says nothing about the next: they remove, or run or fetch what they are told. */
const uncertain = new Set(
  'awk chgrp chmod chown curl dd kill killall mv node perl php pkill python python3 rm rmdir rsync ruby scp shred sed ssh truncate wget'.split(
    ' ',
  ),
)

/** Globs for a command and what it writes; undefined where that is only known when it runs. */
const globsFor = async (command: SimpleCommand): Promise<(string | undefined)[]> => {
  const { words, writes } = command
  const written = writes.map(exactly)
  if (words.length === 0 && command.assignments.length === 0) return written
  return [await globFor(command), ...written]
}

const globFor = async (command: SimpleCommand): Promise<string | undefined> => {
  const { words, assignments, reads } = command
  const { own, commands } = await innerOf(command)
  const whole = [...assignments, ...words, ...reads].join(' ')
  const isItsOwn = own === words.length && commands !== 'unknown' && commands.length === 0
  const [program = ''] = words
  if (!isItsOwn || assignments.length > 0 || uncertain.has(programOf(words))) return exactly(whole)
  const verbs = withVerbs.has(programOf(words)) && /^[a-z][\w:.-]*$/i.test(words[1] ?? '') ? 2 : 1
  const head = exactly(words.slice(0, verbs).join(' '))
  if (program === '' || head === undefined) return undefined
  return words.length + reads.length > verbs ? `${head} *` : head
}

/** A glob that matches this text alone. */
const exactly = (text: string): string | undefined =>
  text.includes(hole) || text.includes(wildcard) ? undefined : literally(text)

/** Colons would divide a rule where a condition seems to follow. */
const literally = (text: string): string => text.replace(/[*?[\]\\]/g, '\\$&').replace(/:(?=[\w-]+=)/g, '\\:')
