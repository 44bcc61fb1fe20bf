import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from '../runtime/cli/exit.ts'
import { commands } from '../runtime/cli/main.ts'
import { processTerminal } from '../runtime/cli/terminal.ts'
import { reprise } from './support/cli.ts'

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]
const textOf = new Map(pages.map(page => [page, readFileSync(page, 'utf8')]))
const readme = textOf.get('README.md') ?? ''
const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>
const program = commands(processTerminal(), () => undefined)

/** The commands in the `sh` blocks of a page, each as its words. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = '']) => block.split(/\n|&&/))
    .map(line =>
      [
        ...line
          .trim()
          .replace(/^\$ /, '')
          .matchAll(/"([^"]*)"|(\S+)/g),
      ].map(([, quoted, word]) => quoted ?? word ?? ''),
    )
    .filter(words => words.length > 0)

const ours = [...textOf].flatMap(([page, text]) =>
  commandsIn(text)
    .map(words => (words[0] === 'npx' ? words.slice(1) : words))
    .filter(([program]) => program === 'reprise')
    .map(([, ...args]) => ({ page, args })),
)

/** The command that words call: `cassette show` is one inside another. */
const commandNamed = ([name, inner]: readonly string[]) => {
  const command = program.commands.find(command => command.name() === name)
  if (!command || command.commands.length === 0) return command
  return command.commands.find(command => command.name() === inner)
}

test.each(ours)('$page: reprise $args is a command with options that exist, on files that exist', ({ args }) => {
  const command = commandNamed(args)
  expect(command, args.slice(0, 2).join(' ')).toBeDefined()
  const flags = args.filter(word => word.startsWith('--')).map(word => word.split('=')[0])
  const known = command?.options.map(option => option.long) ?? []
  expect(flags.filter(flag => !known.includes(flag))).toEqual([])
  for (const path of args.filter(word => /^(agents|cassettes)\/.*\.yaml$/.test(word)))
    expect(existsSync(path), path).toBe(true)
})

const playable = ours.filter(({ args }) => {
  const fake = args.indexOf('--fake')
  return fake > 0 && existsSync(`cassettes/${basename(args[fake + 1] ?? '')}.yaml`)
})

test('the README plays something back at once', () => {
  expect(playable.length).toBeGreaterThan(0)
  expect(readme.split('\n').slice(0, 12).join('\n')).toContain('--fake hello')
})

test.each(playable)('$page: reprise $args runs without a key', async ({ args }) => {
  const { code, stdout, stderr } = await reprise(args, { cwd: process.cwd() })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('--- Agent: root ---')
})

/** As GitHub names the place of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))

test.each(pages)('%s: links lead to headings that are there', page => {
  const text = textOf.get(page) ?? ''
  for (const [, file = '', anchor = ''] of text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
    const target = file === '' ? page : join(dirname(page), file)
    expect(anchorsIn(textOf.get(target) ?? ''), `${target}#${anchor}`).toContain(anchor)
  }
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const [, link = ''] of (textOf.get(page) ?? '').matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const target = join(dirname(page), link)
      if (textOf.has(target)) reached.add(target)
    }
  }
  expect([...textOf.keys()].filter(page => !reached.has(page))).toEqual([])
})

test.each(pages)('%s: npm scripts, linked files and options that are named exist', page => {
  const text = textOf.get(page) ?? ''
  for (const [, script = ''] of text.matchAll(/npm run ([a-z]+)/g)) expect(scripts, script).toHaveProperty(script)
  for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
    expect(existsSync(join(dirname(page), link)), link).toBe(true)
  }
})

test('each option that the README names is one', () => {
  const all = program.commands.flatMap(command => [command, ...command.commands])
  const known = new Set(all.flatMap(command => command.options.map(option => option.long)))
  const named = [...readme.matchAll(/`(?:reprise exec )?(--[a-z-]+)/g)].map(([, flag]) => flag ?? '')
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(flag => !known.has(flag) && flag !== '--help')).toEqual([])
})

test('the README lists every command, exit code and npm script', () => {
  const shown = program
    .createHelp()
    .visibleCommands(program)
    .map(command => command.name())
  expect(shown).not.toContain('values')
  for (const name of shown.filter(name => name !== 'help')) expect(readme).toContain(`\`reprise ${name}`)
  for (const [code, meaning] of Object.entries(exitCodes))
    expect(readme.replaceAll(/[`\s]+/g, ' ')).toContain(`${code} ${meaning}`)
  const contributing = textOf.get('CONTRIBUTING.md') ?? ''
  for (const script of ['check', 'fix', 'bench', 'docs', 'build']) expect(contributing).toContain(`npm run ${script}`)
})

test('.ci/run is the README’s test command', () => {
  expect(readFileSync('.ci/run', 'utf8')).toContain('npm ci && npm test')
  expect(readme).toContain('npm ci && npm test')
})
