import { expect, test } from 'vitest'
import { agentWith, checked, loaded } from './support/config.ts'

test.each([
  [
    'tabs, each of them, and what else is wrong',
    'agents:\n\troot:\n\t\tmodel: openai/x\n\t\tmodle: y\n',
    [
      '2:1: A line begins with a tab, and YAML takes only spaces there.',
      '3:1: A line begins with a tab, and YAML takes only spaces there.',
      '4:1: A line begins with a tab, and YAML takes only spaces there.',
      '4:3: There is no key "modle" in agent "root".',
    ],
  ],
  [
    'a tab among spaces, and not what follows from it',
    'agents:\n  root:\n\tmodel: openai/x\n    instruction: a\n',
    ['3:1: A line begins with a tab, and YAML takes only spaces there.'],
  ],
  [
    'texts that need quotes, each of them, and what else is wrong',
    agentWith('description: Note: this\ninstruction: @you\nwelcome_message: `hi`\ntols: 1'),
    [
      '4:22: A text with a colon and a space in it needs quotes.',
      '5:18: A text that begins with this sign needs quotes.',
      '6:22: A text that begins with this sign needs quotes.',
      '7:5: There is no key "tols" in agent "root".',
    ],
  ],
  ['a template without quotes', agentWith('instruction: {{ question }}'), ['4:19: A key must be text.']],
  [
    'words behind a quoted text',
    agentWith('description: "a" b'),
    ['4:22: Something stands behind the end of a quoted text or a list.'],
  ],
  [
    'a colon without a space',
    'agents:\n  root:\n    model:openai/x\n    instruction: a\n',
    ['3:5: A key needs a colon and a space behind it.'],
  ],
  [
    'a quote that is not closed',
    agentWith('description: "a\nadd_date: true'),
    ['4:18: A quote or bracket that is opened here is not closed.'],
  ],
  [
    'a bracket that is not closed',
    agentWith('toolsets: [{type: shell}, {type: todo}\nadd_date: true'),
    ['4:15: A quote or bracket that is opened here is not closed.'],
  ],
  [
    'a line too far to the left',
    'agents:\n  root:\n    model: openai/x\n   add_date: true\n',
    ['4:4: This line is indented differently from those it belongs to.'],
  ],
  [
    'a line too far to the right',
    agentWith('  add_date: true'),
    ['4:7: This line is indented differently from those it belongs to.'],
  ],
  [
    'a bracket that is not closed, some lines above',
    agentWith('toolsets: [\n  {type: shell},\n  {type: todo}\nadd_date: true'),
    ['4:15: A quote or bracket that is opened here is not closed.'],
  ],
  [
    'a bracket that is closed by another',
    agentWith('sub_agents: [web}'),
    ['4:17: A quote or bracket that is opened here is not closed.'],
  ],
  [
    'a line without a colon, and what else is wrong',
    agentWith('hello\ntols: 1'),
    ['4:5: This line has no colon, and so no key.', '5:5: There is no key "tols" in agent "root".'],
  ],
  ['a last line without a colon', agentWith('hello'), ['4:5: This line has no colon, and so no key.']],
  [
    'a backslash in double quotes, and what else is wrong',
    agentWith('instruction: "\\d+"\ntols: 1'),
    ['4:19: This backslash means nothing in double quotes.', '5:5: There is no key "tols" in agent "root".'],
  ],
  [
    'text behind the sign for a text',
    agentWith('instruction: | Be kind.\n  And quick.\ntols: 1'),
    ['4:20: A text behind | or > begins in the next line.', '6:5: There is no key "tols" in agent "root".'],
  ],
  [
    'an item that needs quotes',
    agentWith('add_prompt_files: [a]\nsub_agents:\n  - @web'),
    ['6:9: A text that begins with this sign needs quotes.'],
  ],
  [
    'keys that are here twice, each of them',
    agentWith('add_date: true\nadd_date: false\nmodel: openai/y'),
    [
      '5:5: The key "add_date" is here twice; the first is in line 4.',
      '6:5: The key "model" is here twice; the first is in line 3.',
    ],
  ],
  [
    'a second document',
    `${agentWith('add_date: true')}---\nagents: {}\n`,
    ['5:1: A second document begins here, and an agent file is one document.'],
  ],
  [
    'an empty second document',
    `${agentWith('add_date: true')}---\n`,
    ['5:1: A second document begins here, and an agent file is one document.'],
  ],
  [
    'an anchor that is not there',
    agentWith('description: &hello Hi\ninstruction: *helo'),
    ['5:18: There is no anchor &helo.'],
  ],
  [
    'an anchor that comes too late',
    agentWith('description: *hello\ninstruction: &hello Hi'),
    ['4:18: The anchor &hello is used before it is defined.'],
  ],
  ['an anchor within itself', agentWith('add_prompt_files: &all [a, *all]'), ['4:32: The anchor &all holds itself.']],
  ['a star that is no alias', agentWith('add_prompt_files: [*.md]'), ['4:24: There is no anchor &.md.']],
  ['an exclamation that is no tag', agentWith('description: !important'), ['4:18: The tag !important is not known.']],
  [
    'something else than a mapping to merge',
    agentWith('<<: 3'),
    ['4:5: The key << takes a mapping, or a list of mappings.'],
  ],
  [
    'a control character',
    agentWith('description: "\x1b[31mred"'),
    ['4:19: A control character stands here, and YAML takes none.'],
  ],
  ['a pit of brackets', `a: ${'['.repeat(20_000)}`, ['1:103: This is nested more than a hundred levels deep.']],
  ['a program', '\x7fELF\x02\x01\0\0\0\uFFFD#\0', ['1:7: This is no text file, or one in UTF-16.']],
  [
    'a letter that is not UTF-8, and what else is wrong',
    agentWith('description: h\uFFFD\ntols: 1'),
    ['4:19: The file is not UTF-8: this letter cannot be read.', '5:5: There is no key "tols" in agent "root".'],
  ],
])('%s is told at its place', (_, text, problems) => {
  expect(checked(text).problems).toEqual(problems)
})

test('an anchor that is nearly there is offered', () => {
  expect(checked(agentWith('description: &hello Hi\ninstruction: *helo')).printed).toContain('Did you mean *hello?')
})

test('what a file holds is shown, and commands no terminal', () => {
  expect(checked(agentWith('"\\e[31mred": "\x9b31m"')).printed).toContain('"␛[31mred"')
  expect(checked('\x1b]0;title\x07').printed).not.toMatch(/[^\P{Cc}\n]/u)
})

test('anchors, aliases and merge keys work', () => {
  const file = loaded(`agents:
  root: &base
    model: openai/gpt-4o
    toolsets: &tools [{ type: shell }]
  member:
    <<: *base
    model: openai/gpt-4o-mini
  other:
    <<: [{ description: first }, { description: second, toolsets: *tools }]
`)
  const [root, member, other] = file.agents
  expect(member).toEqual({ ...root, name: 'member', model: 'openai/gpt-4o-mini' })
  expect(other).toEqual({ name: 'other', description: 'first', toolsets: [{ type: 'shell' }] })
})

test('a mistake in what is merged is told where it is written', () => {
  const text = 'agents:\n  root: &base { modle: a }\n  member:\n    <<: *base\n    add_date: true\n'
  expect(checked(text).problems).toEqual(['2:17: There is no key "modle" in agent "root".'])
})

test('a byte order mark and the line ends of Windows change nothing', () => {
  const text = agentWith('instruction: |\n  One\n  Two\ntols: 1')
  expect(checked(`\uFEFF${text.replaceAll('\n', '\r\n')}`).problems).toEqual(checked(text).problems)
  expect(checked(text).problems).toEqual(['7:5: There is no key "tols" in agent "root".'])
})

test('numbers and switches are text where text belongs, as they are written', () => {
  const file = loaded(
    agentWith('description: 1.10\ntoolsets:\n  - type: shell\n    env: { PORT: 8080, DEBUG: true, HEX: 0x1F }'),
  )
  expect(file.agents[0]).toMatchObject({
    description: '1.10',
    toolsets: [{ env: { PORT: '8080', DEBUG: 'true', HEX: '0x1F' } }],
  })
})

test('a key without a value is as if it was not there', () => {
  expect(loaded(agentWith('toolsets:\nsub_agents:\ndescription:\ncommands:')).agents).toEqual([
    { name: 'root', model: 'openai/gpt-4o' },
  ])
})

test('agents keep their order, also if their names are numbers', () => {
  expect(loaded('agents: { b: {}, "2": {}, a: {}, 1: {} }').agents.map(({ name }) => name)).toEqual([
    'b',
    '2',
    'a',
    '1',
  ])
})

test('commands may be a mapping or a list, of texts or of mappings', () => {
  const commands = { fix: { instruction: 'Fix it' }, look: { instruction: 'Look', description: 'Look' } }
  expect(loaded(agentWith('commands: { fix: Fix it, look: { description: Look } }')).agents[0]?.commands).toEqual(
    commands,
  )
  expect(loaded(agentWith('commands: [{ fix: Fix it }, { look: { description: Look } }]')).agents[0]?.commands).toEqual(
    commands,
  )
})

test.each([
  ['90', 90],
  ['1m30s', 90],
  ['1.5h', 5400],
  ['500ms', 0.5],
  ['""', 0],
])('a cooldown of %s is %s seconds', (written, seconds) => {
  expect(loaded(agentWith(`fallback: { cooldown: ${written} }`)).agents[0]?.fallback?.cooldown).toBeCloseTo(seconds)
})
