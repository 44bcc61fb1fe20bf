import { expect, test } from 'vitest'
import type { Form, FormAnswer } from '../runtime/core/form.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { insert } from '../runtime/tui/input/editor.ts'
import { edited, entered, fillingOf, formUp, moved } from '../runtime/tui/state/form.ts'
import { initial } from '../runtime/tui/state/state.ts'
import { after } from '../runtime/tui/state/store.ts'
import { formDrawn } from '../runtime/tui/view/form-view.ts'
import { reprise } from './support/cli.ts'
import { installServer } from './support/mcp.ts'
import type { ProviderStep } from './support/provider-server.ts'
import { keys } from './support/pty.ts'
import { atScreen, leave, said } from './support/screen.ts'

const shiftTab = '\x1b[Z'

const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - type: user_prompt
`

const asking = (...inputs: readonly JsonObject[]): ProviderStep => ({
  toolCalls: inputs.map(input => ({ name: 'user_prompt', input })),
})

const party: JsonObject = {
  type: 'object',
  required: ['name', 'room'],
  properties: {
    name: { type: 'string', title: 'Name', minLength: 2 },
    guests: { type: 'integer', title: 'Guests', description: 'With you', minimum: 1, default: 4 },
    room: {
      type: 'string',
      title: 'Room',
      oneOf: [
        { const: 'g', title: 'Garden' },
        { const: 'h', title: 'Hall' },
      ],
    },
    extras: { type: 'array', title: 'Extras', items: { enum: ['cake', 'music', 'games'] }, maxItems: 2 },
    vegan: { type: 'boolean', title: 'Vegan' },
  },
}

/** What a model is told that a person answered. */
const answered = (terminal: Parameters<typeof said>[0], turn: number): unknown => {
  const { content } = JSON.parse(said(terminal, turn)) as { content: string }
  return JSON.parse(content)
}

test('a form is filled in on the screen, field by field, with what does not fit told', async () => {
  await using terminal = await atScreen(
    agent,
    [asking({ message: 'Tell me about\nthe party.', title: 'the party', schema: party }), { text: 'Booked.' }],
    ['--record=tape', 'Go'],
  )
  await terminal.waitFor(
    /\? The agent root asks about the party\n {2}Tell me about\n {2}the party\.[\s\S]*Name \(1 of 5\)\n>\n/,
  )
  await terminal.waitFor(/waiting for you/)
  terminal.write(`A${keys.enter}`)
  await terminal.waitFor('The number of letters is at least 2.')
  terminal.write(`nn${keys.enter}`)
  await terminal.waitFor(/ {2}Name: Ann\n {2}With you\nGuests, if you like \(2 of 5\)\n> 4\n/)
  terminal.write(`${keys.backspace}0${keys.enter}`)
  await terminal.waitFor('The number is at least 1.')
  terminal.write(`${keys.backspace}12${keys.enter}`)
  await terminal.waitFor(/Room \(3 of 5\)\n› Garden\n {2}Hall\n {2}Enter goes on · Esc declines · ↑ ↓ choose · Tab/)
  terminal.write(keys.down)
  await terminal.waitFor('› Hall')
  terminal.write(keys.enter)
  await terminal.waitFor(/Extras.*\n› \[ \] cake\n {2}\[ \] music\n {2}\[ \] games/)
  terminal.write(` ${keys.down}`)
  await terminal.waitFor('› [ ] music')
  terminal.write('  g ')
  await terminal.waitFor(/\[x\] cake\n {2}\[ \] music\n› \[x\] games/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Vegan, if you like \(5 of 5\)\n› \(leave it out\)\n {2}yes\n {2}no/)
  terminal.write(shiftTab)
  await terminal.waitFor(/› \[x\] games/)
  terminal.write(`\t`)
  await terminal.waitFor('› (leave it out)')
  terminal.write(`y${keys.enter}`)
  await terminal.waitFor(
    / {2}Name: Ann\n {2}Guests: 12\n {2}Room: h\n {2}Extras: cake, games\n {2}Vegan: true\n[\s\S]*Booked\.\n\n>\nask/,
  )
  expect(answered(terminal, 2)).toEqual({
    action: 'accept',
    content: { name: 'Ann', guests: 12, room: 'h', extras: ['cake', 'games'], vegan: true },
  })
  await leave(terminal)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: terminal.folder })
  expect(replayed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Booked.') })
})

test('Esc declines, Ctrl-C ends the turn, and text may be pasted', async () => {
  await using terminal = await atScreen(
    agent,
    [
      asking({ message: 'First?' }),
      { when: 'decline', text: 'As you like.' },
      asking({ message: 'Second?' }),
      asking({ message: 'Third?' }),
      { when: /two.*lines/, text: 'Thanks.' },
    ],
    ['Go'],
  )
  await terminal.waitFor(/First\?[\s\S]*Answer\n>\n/)
  terminal.write(keys.escape)
  await terminal.waitFor(/You declined\.[\s\S]*As you like\.\n\n>\nask/)
  terminal.write(`again${keys.enter}`)
  await terminal.waitFor(/Second\?[\s\S]*Answer\n>\n/)
  terminal.write(keys.interrupt)
  await terminal.waitFor(/Interrupted\.\n\n>\n/)
  terminal.write(`once more${keys.enter}`)
  await terminal.waitFor(/Third\?[\s\S]*Answer\n>\n/)
  terminal.write(keys.paste('two\nlines'))
  await terminal.waitFor(/> two\n {2}lines\n/)
  terminal.write(keys.enter)
  await terminal.waitFor('Thanks.')
  await leave(terminal)
})

test('two forms come one after the other', async () => {
  const choice = { type: 'string', enum: ['here', 'there'] }
  await using terminal = await atScreen(
    agent,
    [asking({ message: 'One?' }, { message: 'Two?', schema: choice }), { when: /yes.*there/, text: 'Done.' }],
    ['Go'],
  )
  await terminal.waitFor(/One\?\n[\s\S]*Answer\n>\n/)
  expect(terminal.screen()).not.toContain('Two?\n')
  terminal.write(`yes${keys.enter}`)
  await terminal.waitFor(/Answer: yes\n[\s\S]*Two\?\n[\s\S]*› here\n/)
  terminal.write(`2${keys.enter}`)
  await terminal.waitFor(/Answer: there\n[\s\S]*Done\./)
  await leave(terminal)
})

const everything = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: ./bin/everything }
`

test('the form of an MCP server is filled in on the screen, and its page is shown whole', async () => {
  await using terminal = await atScreen(
    everything,
    [
      { toolCalls: [{ name: 'trigger-elicitation-request', input: {} }] },
      { when: 'Ann', text: 'It is Ann.' },
      {
        toolCalls: [
          { name: 'trigger-url-elicitation', input: { url: 'https://example.com/pay', message: 'Pay first' } },
        ],
      },
      { text: 'Paid.' },
    ],
    ['--yolo'],
  )
  await installServer(terminal.folder, 'everything')
  terminal.write(`Go${keys.enter}`)
  await terminal.waitFor(/The MCP server everything asks[\s\S]*\(1 of \d+\)\n>\n/)
  terminal.write(`Ann${keys.enter}`)
  for (let field = 0; field < 30 && !terminal.screen().includes('It is Ann.'); field++) {
    terminal.write(keys.enter)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  await terminal.waitFor('It is Ann.')
  terminal.write(`\x15Pay${keys.enter}`)
  await terminal.waitFor(
    /Pay first\n {2}Open this address:\nhttps:\/\/example\.com\/pay\n[\s\S]*Have you done it\?\n› yes\n {2}no/,
  )
  terminal.write(keys.enter)
  await terminal.waitFor(/You agreed\.[\s\S]*Paid\./)
  await leave(terminal)
})

const form = (schema?: JsonObject, rest: Partial<Form> = {}): Form => ({
  from: 'x',
  message: 'Well?',
  ...(schema && { schema }),
  ...rest,
})
const lines = (filling: Parameters<typeof formDrawn>[0], most = 12, width = 40) =>
  formDrawn(filling, width, most).rows.map(row =>
    row
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  )
const entering = (filling: ReturnType<typeof fillingOf>, times: number): ReturnType<typeof entered> => {
  const next = entered(filling)
  return 'action' in next || times === 1 ? next : entering(next, times - 1)
}

test('presets are there, and can be taken away', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      a: { type: 'string', default: 'x' },
      b: { type: 'boolean', default: false },
      c: { type: 'array', items: { enum: [1, 2, 3] }, default: [2] },
    },
  }
  expect(entering(fillingOf(1, form(schema)), 3)).toEqual({ action: 'accept', content: { a: 'x', b: false, c: [2] } })
  const cleared = edited(fillingOf(1, form(schema)), {
    editor: insert({ ...fillingOf(1, form()).entries[0]!.editor }, ''),
  })
  expect(entering(cleared, 3)).toEqual({ action: 'accept', content: { b: false, c: [2] } })
})

test('a field that was passed over and is needed comes back at the end', () => {
  const schema: JsonObject = { type: 'object', required: ['a'], properties: { a: {}, b: {} } }
  const back = entered(moved(fillingOf(1, form(schema)), 1))
  expect(back).toMatchObject({ at: 0, problem: 'This is needed.' })
})

test.each<[string, Partial<Form>, FormAnswer]>([
  ['nothing to fill in', {}, { action: 'accept' }],
  ['a page', { url: 'https://example.com' }, { action: 'accept' }],
])('with %s a person agrees or does not', (_, rest, answer) => {
  const filling = fillingOf(1, form(undefined, rest))
  expect(entered(filling)).toEqual(answer)
  expect(entered(edited(filling, { at: 1 }))).toEqual({ action: 'decline' })
})

test('a form fits into a few lines of a few columns, whatever is in it', () => {
  const choices = Array.from({ length: 50 }, (_, index) => `choice ${index} ${'long '.repeat(20)}\x1b[31m`)
  const schema: JsonObject = {
    type: 'object',
    properties: { a: { enum: choices, title: 'T'.repeat(90), description: 'd\n'.repeat(90) } },
  }
  for (const most of [2, 3, 5, 12])
    for (const at of [0, 25, 50]) {
      const drawn = formDrawn(edited(fillingOf(1, form(schema)), { at }), 20, most)
      expect(drawn.rows.length).toBeLessThanOrEqual(most)
      const text = drawn.rows.map(row => row.map(span => span.text).join(''))
      expect(Math.max(...text.map(line => line.length))).toBeLessThanOrEqual(20)
      expect(text.join('')).not.toContain('\x1b')
      expect(text[drawn.cursor.y]).toMatch(/^›/)
    }
})

test('a question that came first has the keys first, one that came later waits', () => {
  const call = { type: 'tool-call', id: 'c', name: 'shell', input: {} } as const
  const asked = (id: number) => ({ type: 'asked', id, path: [1], call, why: '', rules: [] }) as const
  const first = after(after(initial, asked(1)), { type: 'form-asked', filling: fillingOf(1, form()) })
  expect(formUp(first)).toBeUndefined()
  const later = after(after(first, asked(2)), { type: 'decided', id: 1 })
  expect(formUp(later)?.id).toBe(1)
  expect(formUp(after(later, { type: 'form-over', id: 1 }))).toBeUndefined()
})

test('only what is being filled in stands below, what was filled in above it', () => {
  expect(
    lines(entered(fillingOf(1, form({ properties: { a: { enum: ['x', 'y'] }, b: {} }, required: ['a'] }))) as never),
  ).toEqual(['  a: x', 'b, if you like (2 of 2)', '>', '  Enter answers · Esc declines · Tab an…'])
})
