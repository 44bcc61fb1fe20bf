import { expect, test } from 'vitest'
import { titleIn } from '../runtime/team/sessions/titles.ts'
import { helloAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { idle } from './support/screen.ts'
import { folderWith } from './support/temp.ts'

/** A home with an agent, a provider, and conversations in it on a terminal. */
const place = async (answers: readonly ProviderStep[]) => {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await folderWith({ 'agent.yaml': helloAgent }))
  const server = stack.use(await providerServer(answers))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  return {
    server,
    at: (titles: 'model' | 'words', ...args: string[]) =>
      ptyOf([process.execPath, command, 'run', 'agent.yaml', ...args], {
        cwd: folder.path,
        env: { ...env, REPRISE_TITLES: titles },
        columns: 100,
      }),
    run: (...args: string[]) => reprise(args, { cwd: folder.path, env }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const titleAsked = /conversations their titles/
const untilAsked = async ({ server }: Awaited<ReturnType<typeof place>>) => {
  while (!server.requests.some(({ body }) => titleAsked.test(JSON.stringify(body))))
    await new Promise(resolve => setTimeout(resolve, 10))
}

test('a model gives a conversation its title, beside it and about little', async () => {
  await using here = await place([
    { when: titleAsked, text: '"Weather on Mars."' },
    { when: 'weather', text: 'Cold.' },
    { when: 'And now', text: 'Still cold.' },
  ])
  await using terminal = here.at('model', '--plain')
  await terminal.waitFor(/>$/)
  terminal.write(`Please tell me of the weather on Mars${keys.enter}`)
  await terminal.waitFor(/Cold\.\n\n>$/)
  await untilAsked(here)
  terminal.write(`And now?${keys.enter}`)
  await terminal.waitFor(/Still cold\.\n\n>$/)
  terminal.write(keys.end)
  await terminal.exit
  const [session] = JSON.parse((await here.run('sessions', 'list', '--json')).stdout)
  expect(session).toMatchObject({ title: 'Weather on Mars', titled: 'model', turns: 2 })
})

test('while it is recorded, and in exec, the first words are the title', async () => {
  await using here = await place([{ text: 'Hello.' }, { text: 'Hello.' }])
  await using terminal = here.at('model', '--plain', '--record=tape')
  await terminal.waitFor(/>$/)
  terminal.write(`Good morning${keys.enter}`)
  await terminal.waitFor(/Hello\.\n\n>$/)
  terminal.write(keys.end)
  await terminal.exit
  await here.run('exec', 'agent.yaml', 'Good evening')
  const { stdout } = await here.run('sessions', 'list', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ title: 'Good evening' }, { title: 'Good morning', titled: 'words' }])
})

test.each([[[]], [['--plain']]])('a session goes on at a terminal: run %j', async args => {
  await using here = await place([{ text: 'I am well.' }, { when: /I am well.*How is your cat/, text: 'Well, too.' }])
  await here.run('exec', 'agent.yaml', 'How are you?')
  await using terminal = here.at('words', ...args, '--session', '-1')
  const ready = args.length > 0 ? />$/ : idle
  await terminal.waitFor(ready)
  expect(terminal.screen()).toMatch(/This goes on with «How are you\?»/)
  terminal.write(`How is your cat?${keys.enter}`)
  await terminal.waitFor('Well, too.')
  await terminal.waitFor(ready)
  terminal.write(keys.end)
  await terminal.exit
  expect(JSON.parse((await here.run('sessions', 'list', '--json')).stdout)).toMatchObject([{ turns: 2 }])
})

test('another model and a new conversation on the screen are the same and another session', async () => {
  await using here = await place([
    { text: 'First.' },
    { when: /First\..*Go on/, text: 'Second.' },
    { when: /system.*Begin again/, text: 'Third.' },
  ])
  await using terminal = here.at('words')
  await terminal.waitFor(idle)
  const say = async (text: string, shown: RegExp | string) => {
    terminal.write(`${text}${keys.enter}`)
    await terminal.waitFor(shown)
    await terminal.waitFor(idle)
  }
  await say('Hello', 'First.')
  await say('/model openai/gpt-4o-mini', 'speaks with openai/gpt-4o-mini')
  await say('Go on', 'Second.')
  await say('/new', 'A new conversation.')
  await say('Begin again', 'Third.')
  terminal.write(keys.end)
  await terminal.exit
  const { stdout } = await here.run('sessions', 'list', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { title: 'Begin again', turns: 1 },
    { title: 'Hello', turns: 2 },
  ])
})

test.each([
  ['"Weather on Mars."', 'Weather on Mars'],
  ['Title: **A cat**\n\nBecause…', 'A cat'],
  ['«Привет»', 'Привет'],
  ['x'.repeat(200), ''],
  ['', ''],
])('what a model says of %j is the title %j', (said, title) => {
  expect(titleIn(said)).toBe(title)
})
