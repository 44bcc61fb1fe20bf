import { render } from 'ink-testing-library'
import { createElement } from 'react'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { App } from '../runtime/tui/app.tsx'
import { menuOf } from '../runtime/tui/input/menu.ts'
import { resizingOf } from '../runtime/tui/resizing.ts'
import type { Desk } from '../runtime/tui/state/desk.ts'
import { watched } from '../runtime/tui/state/watched.ts'
import { looksFor } from '../runtime/tui/view/looks.ts'
import { temporaryFolder } from './support/temp.ts'

/** The screen as a component alone, with a clock that the test turns. */
const drawn = (env: Readonly<Record<string, string>> = {}, settingsFolder = '') => {
  let now = 0
  const store = watched(() => now)
  const looks = looksFor({ env, settingsFolder, prefer: async () => undefined })
  const desk = { store, looks, tty: { lends: () => undefined } } as unknown as Desk
  const resizing = resizingOf({ stdout: process.stdout, env: {} }, { isLent: () => false })
  const { lastFrame, unmount } = render(createElement(App, { desk, resizing }))
  return {
    ...{ store, looks },
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    text: () => (lastFrame() ?? '').replace(/\x1b\[[\d;]*m/g, ''),
    colored: () => lastFrame() ?? '',
    [Symbol.dispose]: () => {
      unmount()
      resizing[Symbol.dispose]()
    },
  }
}

const call = { type: 'tool-call', id: '1', name: 'shell', input: { cmd: 'make' } } as const
const at = (event: object): RunEvent => ({ path: [1], agent: 'root', ...event }) as unknown as RunEvent

test('a call shows how long it takes, and is drawn once when it is over', async () => {
  using screen = drawn()
  screen.store.tell({ type: 'turn', text: 'Build' })
  screen.store.tell(at({ type: 'tool-call', call }))
  screen.store.tell(at({ type: 'tool-start', call }))
  screen.pass(65_000)
  screen.store.tell({ type: 'edit', editor: screen.store.state().editor })
  await expect.poll(screen.text).toMatch(/> Build\n● shell make 1m 5s\n\n>\s+working 1m 5s, Esc interrupts · ask$/)
  const result = { callId: '1', name: 'shell', content: [{ type: 'text', text: 'built' }] }
  screen.store.tell(at({ type: 'tool-end', call, result }))
  screen.store.tell({ type: 'turn-over', isCancelled: false })
  await expect.poll(screen.text).toMatch(/> Build\n✓ shell make 1m 5s\n {2}built\n\n>\s+ask$/)
})

test('a list of things to do is one line while the agent works, and nothing after', async () => {
  using screen = drawn()
  screen.store.tell({ type: 'turn', text: 'Plan' })
  const todos = ['buy', 'cook', 'eat'].map((description, index) => ({
    description,
    status: ['completed', 'in-progress', 'pending'][index],
  }))
  const result = {
    callId: '1',
    name: 'update_todos',
    content: [{ type: 'text', text: JSON.stringify({ all_todos: todos }) }],
  }
  screen.store.tell(at({ type: 'tool-end', call: { ...call, name: 'update_todos' }, result }))
  await expect.poll(screen.text).toMatch(/☐ 1 of 3 done · cook\n\n>/)
  screen.store.tell({ type: 'turn-over', isCancelled: false })
  await expect.poll(screen.text).not.toContain('done · cook')
  expect(screen.text()).toContain('✓ update_todos 1 of 3 done\n  ☑ buy\n  ▸ cook\n  ☐ eat\n')
})

test('a list to choose from keeps the choice in sight, and other colours are worn at once', async () => {
  await using folder = await temporaryFolder()
  using screen = drawn({ COLORTERM: 'truecolor' }, folder.path)
  const all = Array.from({ length: 30 }, (_, index) => ({ text: `choice ${index}` }))
  screen.store.tell({ type: 'menu', menu: { ...menuOf({ kind: 'pick', title: 'Which', all }), at: 20 } })
  await expect
    .poll(screen.text)
    .toMatch(/Which \(30\):\s+choice 17\n[\s\S]*▸ choice 20\n[\s\S]*choice 23\n {2}Enter takes · Esc closes\nask$/)
  await expect.poll(screen.colored).toContain('\x1b[36m▸ choice 20')
  await screen.looks.wear('dark')
  await expect.poll(screen.colored).toContain('\x1b[38;2;125;207;255m▸ choice 20')
})
