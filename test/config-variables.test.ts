import { expect, test } from 'vitest'
import { agentWith, checked, loaded } from './support/config.ts'

const env = { TEAM: 'Blue', EMPTY: '', TRICK: '${env.TEAM} $TEAM' }

test.each([
  ['For ${env.TEAM}', 'For Blue'],
  ['${env.TEAM}, ${ env.TEAM }', 'Blue, Blue'],
  ["${env['TEAM']}", 'Blue'],
  ["${env.NOBODY || 'Red'}", 'Red'],
  ['${env.NOBODY ?? "Red"}', 'Red'],
  ['${env.NOBODY || env.TEAM || `Red`}', 'Blue'],
  ["${env.NOBODY || ''}", ''],
  ['${env.EMPTY}', ''],
  ["${env.EMPTY || 'Red'}", 'Red'],
  ['$TEAM costs $5', '$TEAM costs $5'],
  ['${env.TRICK}', '${env.TEAM} $TEAM'],
])('in a description, %s says %s', (written, said) => {
  const text = agentWith(`description: ${JSON.stringify(written)}\nwelcome_message: ${JSON.stringify(written)}`)
  const { agents } = loaded(text, { env })
  expect(agents[0]).toMatchObject({ description: said, welcome_message: said })
})

test('an instruction is sent as it stands, and validate says so', () => {
  const { file, warnings } = checked(agentWith('instruction: |\n  Hello\n  you of ${env.TEAM}'), { env })
  expect(file?.agents[0]?.instruction).toBe('Hello\nyou of ${env.TEAM}\n')
  expect(warnings).toEqual(['6:14: warning: An instruction is sent as it stands: ${env.TEAM} is not filled in.'])
})

test('commands keep what is filled in when they are said', () => {
  const commands =
    'commands:\n  fix: "Fix ${args[0]} of ${env.TEAM}, ${args}, ${args.join(\' \')}"\n  ask: { instruction: "${env.NOBODY}!" }'
  const { file, problems, warnings } = checked(agentWith(commands), { env })
  expect(problems).toEqual([])
  expect(warnings).toEqual(['6:28: warning: The environment variable NOBODY is not set.'])
  expect(file?.agents[0]?.commands).toEqual({
    fix: { instruction: "Fix ${args[0]} of Blue, ${args}, ${args.join(' ')}" },
    ask: { instruction: '!' },
  })
})

test.each([
  ['a shell variable', 'Hi $USER', 'warning: $USER is not filled in here.', 'warnings'],
  ['a name that is no variable', 'Hi ${USER}', 'warning: ${USER} is not filled in here.', 'warnings'],
  ['a tool call', 'See ${shell({cmd: "ls"})}', 'not supported yet: the expression ${shell({cmd: "ls"}', 'problems'],
  ['a calculation', '${1 + 1}', 'not supported yet: the expression ${1 + 1}', 'problems'],
] as const)('%s in a command is told', (_, written, said, kind) => {
  const found = checked(agentWith(`commands: { a: ${JSON.stringify(written).replaceAll('\\"', "'")} }`))[kind]
  expect(found.map(line => line.replace(/^\d+:\d+: /, ''))).toEqual([said.replaceAll('"', "'")])
})

test('the environment of a toolset is filled in as a shell does', () => {
  const { agents } = loaded(
    agentWith('toolsets: [{ type: shell, env: { A: "$TEAM-${TEAM}", B: $EMPTY, C: $TRICK } }]'),
    { env },
  )
  expect(agents[0]?.toolsets?.[0]?.env).toEqual({ A: 'Blue-Blue', B: '', C: '${env.TEAM} $TEAM' })
})

test('a variable that is missing is told at its place, each of them, with what to do', () => {
  const text = agentWith(
    'description: A ${env.ONE} and ${env.TWO}\ntoolsets: [{ type: shell, env: { A: "${env.THREE}" } }]',
  )
  expect(checked(text).printed).toMatchInlineSnapshot(`
    "agent.yaml:4:20: The environment variable ONE is not set.
      4 |     description: A \${env.ONE} and \${env.TWO}
        |                    ^^^^^^^^^^
        Set it, or give a default: \${env.ONE || 'text'}.
    agent.yaml:4:35: The environment variable TWO is not set.
      4 |     description: A \${env.ONE} and \${env.TWO}
        |                                   ^^^^^^^^^^
        Set it, or give a default: \${env.TWO || 'text'}.
    agent.yaml:5:42: The environment variable env.THREE is not set.
      5 |     toolsets: [{ type: shell, env: { A: "\${env.THREE}" } }]
        |                                          ^^^^^^^^^^^^
        Here it is $THREE, without env."
  `)
})

test('a replay needs no variables', () => {
  const text = agentWith('description: A ${env.ONE}\ntoolsets: [{ type: shell, env: { A: "x$TWO" } }]')
  expect(loaded(text, { lenient: true }).agents[0]).toMatchObject({
    description: 'A ',
    toolsets: [{ env: { A: 'x' } }],
  })
})
