import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave } from './support/screen.ts'

test('what somebody is typing when a question comes up is no answer to it', async () => {
  await using terminal = await atScreen(toolAgent, [
    { toolCalls: [{ name: 'shell', input: { cmd: 'touch a' } }], delayMs: 150 },
    { text: 'Done.' },
    { when: 'an apple', text: 'An apple.' },
  ])
  await terminal.waitFor(idle)
  terminal.write(`Go${keys.enter}`)
  // Each of these letters answers a question; they come faster than anybody could have read it.
  const isAsked = () => terminal.screen().includes('Run shell?')
  for (let typed = 0; typed < 200 && !isAsked(); typed++) {
    terminal.write('y')
    await pause(40)
  }
  for (const letter of 'yes, an apple') {
    terminal.write(letter)
    await pause(5)
  }
  await terminal.waitFor(/Run shell\?\n[\s\S]*\n> y*yes, an apple\nwaiting for you/)
  // Whoever has paused has seen it.
  await pause(1000)
  terminal.write('n')
  await terminal.waitFor(/\(denied\)\n\nDone\.\n\n> y*yes, an apple\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/An apple\.\n\n>\nask/)
  await leave(terminal)
})

test('Esc twice clears the input, then goes back to an earlier message; other keys between call it off', async () => {
  await using terminal = await atScreen(helloAgent, [
    { text: 'One.' },
    { when: /^(?!.*One).*first, better/, text: 'Two.' },
  ])
  await terminal.waitFor(idle)
  terminal.write(`first${keys.enter}`)
  await terminal.waitFor(/One\.\n\n>\nask/)
  terminal.write('draft')
  await terminal.waitFor('> draft')
  terminal.write(keys.escape)
  await terminal.waitFor(/\nEsc again to clear · ask/)
  terminal.write('s')
  await terminal.waitFor(/> drafts\nask/)
  terminal.write(keys.escape)
  await terminal.waitFor(/\nEsc again to clear · ask/)
  terminal.write(keys.escape)
  await terminal.waitFor(idle)
  terminal.write(keys.escape)
  await terminal.waitFor(/\nEsc again to go back to an earlier message/)
  terminal.write(keys.escape)
  await terminal.waitFor(/Back to:\n▸ first +message 1\n {2}Enter takes · Esc closes\n/)
  terminal.write(keys.enter)
  await terminal.waitFor(/> first\nask/)
  terminal.write(`, better${keys.enter}`)
  await terminal.waitFor(/Two\.\n\n>\nask/)
  await leave(terminal)
})

test('a mistyped command is not said, and stays in the input; behind a space it is', async () => {
  await using terminal = await atScreen(helloAgent, [{ when: '/hlep', text: 'Said.' }])
  await terminal.waitFor(idle)
  terminal.write(`/hlep${keys.enter}`)
  await terminal.waitFor(/There is no command \/hlep\. Did you mean \/help\?[^>]*> \/hlep\nask/)
  terminal.write('\x15')
  await terminal.waitFor(idle)
  terminal.write(` /hlep${keys.enter}`)
  await terminal.waitFor(/Said\.\n\n>\nask/)
  await leave(terminal)
})

test('a theme is seen before it is taken, and Esc leaves all as it was', async () => {
  await using terminal = await atScreen(helloAgent, [], [], { env: { COLORTERM: 'truecolor' } })
  await terminal.waitFor(idle)
  terminal.write(`/theme${keys.enter}`)
  await terminal.waitFor(/Theme:\n▸ ansi[\s\S]*Heading {2}`code` {2}✓ done[\s\S]*Enter takes · Esc closes/)
  terminal.write(keys.down)
  await expect.poll(terminal.raw).toContain('\x1b[38;2;125;207;255m▸ dark')
  terminal.write(keys.escape)
  await terminal.waitFor(idle)
  const since = terminal.raw().length
  terminal.write('text')
  await terminal.waitFor('> text')
  expect(terminal.raw().slice(since)).not.toContain('38;2;')
  terminal.write('\x15')
  await terminal.waitFor(idle)
  terminal.write(`/theme${keys.enter}`)
  await terminal.waitFor(/Theme:\n▸ ansi/)
  terminal.write(keys.down + keys.enter)
  await terminal.waitFor('The theme is dark from now on.')
  expect(readFileSync(join(terminal.folder, '.config/reprise/settings.yaml'), 'utf8')).toContain('dark')
  await leave(terminal)
})

test('a stored conversation is told how it goes on, and stands there again when it does', async () => {
  await using first = await atScreen(
    toolAgent,
    [
      { text: 'I look.', toolCalls: [{ name: 'read_file', input: { path: 'agent.yaml' } }] },
      { text: 'It is **short**.' },
    ],
    ['Read it'],
  )
  await first.waitFor(/It is short\.\n\n>\nask/)
  const [, id = ''] = /Go on with: reprise run agent\.yaml --session (\w+)$/.exec(await leave(first)) ?? []

  const env = { HOME: first.folder }
  await using next = await atScreen(toolAgent, [], ['--session', id], { env })
  await next.waitFor(
    /This goes on with «Read it», 4 messages\.\n\n> Read it\n\nI look\.\n✓ read_file agent\.yaml \d+ lines\n\nIt is short\.\n\n>\nask[^\n]*context/,
  )
  // What was said before is there for commands, too.
  next.write(`/rewind${keys.enter}`)
  await next.waitFor(/Back to:\n▸ Read it +message 1/)
  next.write(keys.escape)
  await next.waitFor(idle)
  await leave(next)
})

test('whoever has no key is told so before he says anything, and what to do', async () => {
  await using terminal = await atScreen(helloAgent, [], [], { env: { OPENAI_API_KEY: '' } })
  await terminal.waitFor(/openai\/gpt-4o-mini needs a key, and OPENAI_API_KEY is not set\.\nSet it[^\n]*\/model/)
  await leave(terminal)
})

test('with the keys of vim Esc twice clears nothing', async () => {
  await using terminal = await atScreen(helloAgent, [])
  await terminal.waitFor(idle)
  terminal.write(`/vim on${keys.enter}`)
  await terminal.waitFor(/\n>[^\n]*\n[^\n]*insert/i)
  terminal.write('text')
  await terminal.waitFor('> text')
  terminal.write(keys.escape)
  await terminal.waitFor(/> text\n[^\n]*normal/i)
  terminal.write(keys.escape)
  await pause(100)
  terminal.write(keys.escape)
  await pause(100)
  terminal.write('A!')
  await terminal.waitFor(/> text!\n[^\n]*insert/i)
  expect(terminal.screen()).not.toContain('Esc again')
  terminal.write('\x15')
  await terminal.waitFor(/\n>[^\n]*\n[^\n]*insert/i)
  await leave(terminal)
})
