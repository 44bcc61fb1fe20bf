import { expect, test } from 'vitest'
import { commandPieces } from '../runtime/team/commands.ts'
import { reprise } from './support/cli.ts'
import { folderWith } from './support/temp.ts'
import { expectAlike, twice } from './support/twice.ts'

const saidIn = (body: Readonly<Record<string, unknown>>): string =>
  (body['messages'] as { role: string; content: string }[]).findLast(({ role }) => role === 'user')?.content ?? ''

const agent = `permissions: { deny: ["shell:cmd=rm *"] }
agents:
  root:
    model: openai/gpt-4o
    toolsets: [{ type: shell }, { type: filesystem, defer: true }]
    hooks:
      pre_tool_use:
        - { matcher: directory_tree, hooks: [{ type: command, command: "echo no trees >&2; exit 2" }] }
    commands:
      review: |
        Review \${args[0]}:
        !read_file(path="\${args[0]}")
        in !shell(cmd='echo "($(basename "$PWD"))" | wc -l' timeout=5)!
      bad: "!shell(cmd=\\"rm x\\") and !none() and !directory_tree(path=.)"
      plain: Say !no and (so)
`

test('a command has tools called, and says what they answered', async () => {
  const run = await twice({
    agent,
    files: { 'a b.txt': 'first', 'c.txt': 'second' },
    script: [{ text: 'Good.' }, { text: 'Bad.' }, { text: 'Plain.' }, { text: 'Again.' }],
    messages: ['/review c.txt', '/bad', '/plain !shell(cmd=ls)', '/review !none()'],
  })
  expectAlike(run)
  const [review, bad, plain, odd] = run.requests.map(({ body }) => saidIn(body))
  expect(review).toBe('Review c.txt:\nsecond\nin 1!\n')
  expect(bad).toMatch(
    /^Error executing 'shell': Tool 'shell' is denied by permissions .* and Error executing 'none': Tool 'none' is not available\..* and Error executing 'directory_tree': Tool call blocked by hook: no trees/s,
  )
  expect(plain).toBe('Say !no and (so) !shell(cmd=ls)')
  expect(odd).toMatch(/^Review !none\(\):\nError executing 'read_file': /)
  expect(run.cassette).toMatch(/method: CALL\n\s+url: tool:read_file/)
  expect(run.recorded.stdout).toMatch(/Calling read_file\(path: "c\.txt"\)/)
})

test('a cassette with commands is played back from itself alone', async () => {
  const files = { 'c.txt': 'second' }
  const script = [{ text: 'Good.' }, { text: 'Plain.' }]
  const { cassette, recorded } = await twice({ agent, files, script, messages: ['/review c.txt', '/plain'] })
  await using folder = await folderWith({ 'tape.yaml': cassette })
  const replayed = await reprise(['replay', 'tape'], { cwd: folder.path })
  expect(replayed).toMatchObject({ code: 0, stderr: '', stdout: recorded.stdout })
  expect(await reprise(['cassette', 'lint', 'tape'], { cwd: folder.path })).toMatchObject({ code: 0 })
})

test('a call of a command is asked about', async () => {
  const run = await twice({
    agent,
    files: { 'c.txt': 'x' },
    script: [{ text: 'Done.' }],
    messages: ['/review c.txt'],
    options: [],
  })
  expect(saidIn(run.requests[0]!.body)).toContain("in Error executing 'shell': The user rejected the tool call.")
  expect(run.replayed).toMatchObject({ code: 0, stdout: run.recorded.stdout })
})

test.each<[string, unknown]>([
  ['!a()', [{ name: 'a', input: {} }, ' one "two) z=3']],
  [
    'x !a-b(n=3 f=1.5 t=true s=abc) y',
    ['x ', { name: 'a-b', input: { n: 3, f: 1.5, t: true, s: 'abc' } }, ' y', ' one "two) z=3'],
  ],
  [`!a(x="1, \\"2\\")", y='(', z=q)\${args[9]}`, [{ name: 'a', input: { x: '1, "2")', y: '(', z: 'q' } }, '']],
  ['!a(x=${args} y="${args[0]}")', [{ name: 'a', input: { x: 'one "two) z=3', y: 'one' } }]],
  ['!a(x=(1)', ['!a(x=(1)', ' one "two) z=3']],
  ['wow!a(b=1) !! !a', ['wow!a(b=1) !! !a', ' one "two) z=3']],
])('the command %s is cut at its calls', (instruction, pieces) => {
  expect(commandPieces('/c one "two) z=3', { c: { instruction } })).toEqual(pieces)
})
