import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { keys, type Pty } from './support/pty.ts'
import { atScreen, idle, leave, said } from './support/screen.ts'

/** Says a line, and waits for what comes of it. */
const say = async (terminal: Pty, text: string, shown: string | RegExp): Promise<void> => {
  terminal.write(text)
  terminal.write(keys.enter)
  await terminal.waitFor(shown)
}

test('a command of the shell shows what it writes, and the agent is told with the next message', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'I see.' }])
  await terminal.waitFor(idle)
  await say(
    terminal,
    '!echo out; echo err >&2; exit 3',
    /> !echo out[^\n]*\nout\nerr\nIt ended with 3\.\n\n {2}along: ! echo out/,
  )
  await say(terminal, 'What was that?', /I see\.\n\n>\nask/)
  expect(said(terminal, 1)).toContain(
    '<command>echo out; echo err >&2; exit 3</command>\\n<output>\\nout\\nerr\\nIt ended with 3.</output>',
  )
  await leave(terminal)
})

test('a command of the shell is seen while it runs, and Esc ends it with all that it started', async () => {
  await using terminal = await atScreen(helloAgent, [])
  await terminal.waitFor(idle)
  await say(terminal, '/shell echo begun; sleep 1000 & sleep 1000', /● ! echo begun[^\n]*\n {2}begun\n/)
  terminal.write(keys.escape)
  await terminal.waitFor('It was ended by SIGTERM.')
  await leave(terminal)
})

test('/attach sends a file along, once', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'One.' }, { text: 'Two.' }])
  writeFileSync(join(terminal.folder, 'note.txt'), 'the note')
  await terminal.waitFor(idle)
  await say(terminal, '/attach nothing', /nothing/)
  await say(terminal, '/attach note.txt', /note\.txt goes along[\s\S]* {2}along: note\.txt\n>/)
  await say(terminal, 'Read', /> Read\n {2}\[note\.txt\]\n\nOne\.\n\n>\nask/)
  await say(terminal, 'Again', /Two\.\n\n>\nask/)
  expect(said(terminal, 1)).toContain('the note')
  expect(said(terminal, 2)).not.toContain('the note')
  await leave(terminal)
})

test('/copy puts the last answer or its code on the clipboard; /title names the window until the end', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'See:\n```sh\nls -l\n```\n' }])
  await terminal.waitFor(idle)
  await say(terminal, '/copy', 'There is no answer yet.')
  await say(terminal, 'Hi', /ls -l\n\n>\nask/)
  await say(terminal, '/copy code', 'Copied 6 characters')
  expect(terminal.raw()).toContain(`\x1b]52;c;${Buffer.from('ls -l\n').toString('base64')}\x07`)
  await say(terminal, '/title A better name', '«A better name»')
  expect(terminal.raw()).toContain('\x1b[22;2t\x1b]2;A better name\x07')
  await leave(terminal)
  expect(terminal.raw()).toContain('\x1b[23;2t')
})

test('/export writes the conversation as Markdown and JSON, and over nothing', async () => {
  await using terminal = await atScreen(toolAgent, [
    { text: 'I look.', toolCalls: [{ name: 'list_directory', input: { path: '.' } }] },
    { text: 'Nothing there.' },
  ])
  await terminal.waitFor(idle)
  await say(terminal, 'Look', /Nothing there\.\n\n>\nask/)
  await say(terminal, '/export talk.md', /Written: \S+talk\.md/)
  await say(terminal, '/export talk.md', /talk\.md cannot be written \(it is there already\)/)
  await say(terminal, '/export talk.json', /Written: \S+talk\.json/)
  const text = readFileSync(join(terminal.folder, 'talk.md'), 'utf8')
  expect(text).toMatch(
    /^## You\n\nLook\n\n## root\n\nI look\.\n\n→ \*\*list_directory\*\* \.\n\n\*\*list_directory\*\*\n\n```\n[\s\S]*```\n\n## root\n\nNothing there\.\n$/,
  )
  expect(JSON.parse(readFileSync(join(terminal.folder, 'talk.json'), 'utf8'))).toHaveLength(4)
  await leave(terminal)
})

test('/tools, /mcp and /context show what the agent has', async () => {
  await using terminal = await atScreen(toolAgent, [{ text: 'Yes.' }])
  await terminal.waitFor(idle)
  await say(terminal, '/tools', /read_file +~\d+ +Read[\s\S]*shell +~\d+ +Run a command[\s\S]*Estimated with OpenAI/)
  await say(terminal, '/mcp', 'It has none.')
  await say(terminal, 'Hi', /Yes\.\n\n>\nask/)
  await say(
    terminal,
    '/context',
    /\d+% instructions \(about [\s\S]*\d+% \d+ tools [\s\S]*tokens \(1%\), as the model counted them/,
  )
  await leave(terminal)
})

test('/tools and /context count the tools that lead to other agents', async () => {
  const member = '  helper:\n    model: openai/gpt-4o-mini\n    description: Helps\n    instruction: Help.\n'
  const team = `${helloAgent.trimEnd()}\n    sub_agents: [helper]\n${member}`
  await using terminal = await atScreen(team, [])
  await terminal.waitFor(idle)
  await say(terminal, '/tools', /transfer_task +~\d+ +Give a task/)
  await say(terminal, '/context', /\d+% 1 tools? /)
  await leave(terminal)
})

test('/theme changes colours, also for the next time, and knows files of the user', async () => {
  const env = { COLORTERM: 'truecolor' }
  await using terminal = await atScreen(helloAgent, [{ text: 'A `b`.' }], [], { env })
  mkdirSync(join(terminal.folder, '.config/reprise/themes'), { recursive: true })
  writeFileSync(join(terminal.folder, '.config/reprise/themes/mine.json'), '{"base": "light", "code": "#010203"}')
  await terminal.waitFor(idle)
  await say(terminal, '/theme', /Theme:\n▸ ansi +\(now\)[\s\S]*mine +your own/)
  terminal.write(`dark${keys.enter}`)
  await terminal.waitFor('The theme is dark')
  await say(terminal, 'Hi', /A b\.\n\n>\nask/)
  expect(terminal.raw()).toContain('\x1b[38;2;137;221;255mb')
  await say(terminal, '/theme nothing', /There is no theme nothing\.\nThere are ansi, dark, light, none/)
  await say(terminal, '/theme mine', 'The theme is mine')
  await leave(terminal)

  await using next = await atScreen(helloAgent, [{ text: 'A `b`.' }], ['Hi'], {
    env: { ...env, HOME: terminal.folder },
  })
  await next.waitFor(/A b\.\n\n>\nask/)
  expect(next.raw()).toContain('\x1b[38;2;1;2;3mb')
  await leave(next)
})

test('/undo and /rewind go back to an earlier message, to be said in other words', async () => {
  await using terminal = await atScreen(helloAgent, [
    { text: 'One.' },
    { text: 'Two.' },
    { when: /^(?!.*Two\.).*One\..*second, better/, text: 'Three.' },
    { when: /^(?!.*One\.).*first, better/, text: 'Four.' },
  ])
  await terminal.waitFor(idle)
  await say(terminal, '/undo', 'Nothing has been said yet.')
  await say(terminal, 'first', /One\.\n\n>\nask/)
  await say(terminal, 'second', /Two\.\n\n>\nask/)
  await say(terminal, '/undo', /Taken back\.[\s\S]*> second\nask/)
  await say(terminal, ', better', /Three\.\n\n>\nask/)
  await say(terminal, '/rewind', /Back to:\n▸ second, better +message 2\n {2}first +message 1/)
  terminal.write(keys.down + keys.enter)
  await terminal.waitFor(/> first\nask/)
  await say(terminal, ', better', /Four\.\n\n>\nask/)
  await leave(terminal)
})

test('/sessions finds, shows, stars and resumes a conversation, or branches off from it', async () => {
  await using first = await atScreen(helloAgent, [{ text: 'Salt comes from rocks.' }], ['Why is the sea salty?'])
  await first.waitFor(/rocks\.\n\n>\nask/)
  await leave(first)

  const env = { HOME: first.folder }
  await using next = await atScreen(
    helloAgent,
    [{ when: /Salt comes.*And\?/, text: 'So it is.' }, { text: 'Also.' }],
    [],
    { env },
  )
  await next.waitFor(idle)
  await say(
    next,
    '/sessions',
    /Session:\n▸ Why is the sea salty\? +(just now|\dm ago) · 1 turn · root\n {2}Enter resumes · Tab shows · Ctrl\+F/,
  )
  next.write(keys.tab)
  await next.waitFor(
    /«Why is the sea salty\?», 2 messages[^\n]*\n> Why is the sea salty\?\nroot: Salt comes from rocks\.\n\nSession:\n▸ Why/,
  )
  next.write(keys.escape)
  await next.waitFor(idle)
  await say(next, '/sessions rocks', /Session:\n▸ Why is the sea salty\? +.*rocks/)
  next.write('\x13')
  await next.waitFor('▸ ★ Why is')
  next.write(keys.enter)
  await next.waitFor(/goes on with «Why is the sea salty\?», 2 messages\.\n\n> Why is[^\n]*\n\nSalt comes from rocks\./)
  await say(next, 'And?', /So it is\.\n\n>\nask/)
  await say(next, '/sessions', /▸ ★ Why is/)
  next.write('\x06')
  await next.waitFor(/«Why is the sea salty\?[^»]*», 4 messages/)
  await say(next, 'More', /Also\.\n\n>\nask/)
  await leave(next)
  expect(existsSync(join(first.folder, '.local/share/reprise/sessions.db'))).toBe(true)
})

test('/think decides how much the agents think, until the file has its say again', async () => {
  const agent = helloAgent.replace('openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-0')
  await using terminal = await atScreen(agent, [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /One\.\n\n>\nask/)
  await say(terminal, '/think much', /There is no way to think much\./)
  await say(terminal, '/think 2000', /They think: 2000\./)
  await say(terminal, 'Hi', /Two\.\n\n>\nask/)
  await say(terminal, '/think', /Think:\n▸ file\n {2}none\n/)
  terminal.write(keys.enter)
  await terminal.waitFor('They think as the file says.')
  await say(terminal, 'Hi', /Three\.\n\n>\nask/)
  const asked = terminal.server.requests.map(({ body }) => body['thinking'])
  expect(asked).toEqual([undefined, { type: 'enabled', budget_tokens: 2000 }, undefined])
  await leave(terminal)
})

test('/record records from here on, after what was said before, until it is switched off', async () => {
  await using terminal = await atScreen(helloAgent, [
    { text: 'Before.' },
    { when: /Before\..*Again/, text: 'Recorded.' },
    { text: 'After.' },
  ])
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /Before\.\n\n>\nask/)
  await say(terminal, '/record off', 'Nothing is recorded.')
  await say(
    terminal,
    '/record tape',
    /recorded into tape\.yaml\. What was said before[^\n]*\n\n>\nask · recording tape/,
  )
  await say(terminal, '/record tape', 'It is recorded into tape already.')
  await say(terminal, 'Again', /Recorded\.\n\n>\nask/)
  await say(terminal, '/new', /a recording holds one, as it went\.\n\/record off ends/)
  await say(terminal, '/record off', /Recorded: \S*tape\.yaml\n\n>\nask · root/)
  await say(terminal, 'More', /After\.\n\n>\nask/)
  await say(terminal, '/new', 'A new conversation.')
  await leave(terminal)
  const cli = (...args: string[]) => reprise(args, { cwd: terminal.folder })
  const expected = { stdout: '\n--- Agent: root ---\nRecorded.', code: 0 }
  expect(await cli('exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Again')).toMatchObject(expected)
  expect(await cli('replay', 'tape')).toMatchObject(expected)
  expect((await cli('cassette', 'slim', 'tape')).code).toBe(0)
  expect((await cli('cassette', 'verify', 'tape', '--strict')).code).toBe(0)
})
