import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HookAnswer, HookName } from '../runtime/core/hook.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { type HookRules, hooksOf } from '../runtime/policy/hooks.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'
import { workspaceIn } from './support/toolset.ts'

type Asked = {
  readonly moment?: HookName
  readonly tool?: string
  readonly facts?: JsonObject
  readonly signal?: AbortSignal
}

/** What these hooks say; undefined where there are none for it. */
const ask = async (
  folder: string,
  rules: HookRules,
  { moment = 'pre_tool_use', tool = 'shell', facts = {}, signal = new AbortController().signal }: Asked = {},
): Promise<HookAnswer | undefined> => {
  const common = () => ({ session_id: 's', cwd: folder })
  return await hooksOf(rules, { workspace: workspaceIn(folder), common })(moment, tool)?.(facts, signal)
}

const before = (...commands: readonly string[]): HookRules => ({
  pre_tool_use: [{ hooks: commands.map(command => ({ command })) }],
})

/** What a hook that says this comes to. */
const heard = async (command: string, moment: HookName = 'pre_tool_use'): Promise<HookAnswer | undefined> => {
  await using folder = await temporaryFolder()
  const rules = moment.endsWith('tool_use') ? [{ hooks: [{ command }] }] : [{ command }]
  return await ask(folder.path, { [moment]: rules }, { moment })
}

const json = (value: unknown): string => `cat > /dev/null; echo '${JSON.stringify(value)}'`
const specific = (value: JsonObject): string => json({ hook_specific_output: value })

test('a hook is told of the call on its standard input', async () => {
  await using folder = await temporaryFolder()
  const facts = { tool_name: 'shell', tool_use_id: 'c1', tool_input: { cmd: "it's `x` $y\n" } }
  await ask(folder.path, before('cat > told; pwd > where'), { facts })
  expect(JSON.parse(readFileSync(join(folder.path, 'told'), 'utf8'))).toEqual({
    session_id: 's',
    cwd: folder.path,
    hook_event_name: 'pre_tool_use',
    ...facts,
  })
  expect(readFileSync(join(folder.path, 'where'), 'utf8')).toBe(`${folder.path}\n`)
})

const answers: readonly [what: string, command: string, answer: HookAnswer][] = [
  ['says nothing', 'true', {}],
  ['does not read what it is told', 'exec <&-; echo fine', {}],
  ['says something that is no JSON', 'echo "✅ done {}"', {}],
  ['goes on', json({ continue: true, suppress_output: true }), {}],
  ['says null', json({ decision: null, hook_specific_output: null }), {}],
  ['stops', json({ continue: false, stop_reason: 'Enough.', reason: '' }), { decision: 'deny', reason: 'Enough.' }],
  ['blocks', json({ decision: 'block', reason: 'No.' }), { decision: 'deny', reason: 'No.' }],
  ['ends with 2', 'echo said; echo "Not here." >&2; exit 2', { decision: 'deny', reason: 'Not here.' }],
  [
    'ends with 2 and says why in JSON',
    `${json({ decision: 'block', reason: 'By policy.' })}; exit 2`,
    { decision: 'deny', reason: 'By policy.' },
  ],
  ['ends with 2 and says nothing', 'exit 2', { decision: 'deny', reason: 'A hook ended with 2.' }],
  [
    'denies',
    specific({ permission_decision: 'deny', permission_decision_reason: 'Why not?' }),
    { decision: 'deny', reason: 'Why not?' },
  ],
  ['asks', specific({ permission_decision: 'ask' }), { decision: 'ask' }],
  [
    'rewrites',
    json({
      hook_specific_output: { permission_decision: 'allow', updated_input: { cmd: 'ls -h' } },
      system_message: 'M',
    }),
    { decision: 'allow', input: { cmd: 'ls -h' }, notices: [{ level: 'info', text: 'M' }] },
  ],
  ['tells the model something', specific({ additional_context: 'It rains.' }), { context: 'It rains.' }],
]

test.each(answers)('a hook that %s', async (_, command, answer) => {
  expect(await heard(command)).toEqual(answer)
})

const failures: readonly [what: string, command: string, why: RegExp][] = [
  ['ends with another code', 'echo oops >&2; exit 3', /^The hook "echo oops >&2; exit 3" failed: exit code 3\. oops$/],
  ['is killed', 'kill -9 $$', /failed: SIGKILL\.$/],
  ['is not there', './none.sh', /exit code 127\. .*none\.sh: No such file/],
  ['writes half of its JSON', `echo '{"decision": "block"'`, /begins like JSON, and is none/],
  ['misspells a word', json({ decison: 'block' }), /there is no field "decison" in what it wrote/],
  [
    'writes in another manner',
    json({ hookSpecificOutput: { permissionDecision: 'deny' } }),
    /there is no field "hookSpecificOutput"/,
  ],
  ['says what nobody knows', specific({ permission_decision: 'block' }), /permission_decision cannot be "block"/],
  ['says a word where a switch belongs', json({ continue: 'no' }), /continue cannot be "no"/],
  ['floods', `echo '{'; yes '"a": 1,' | head -c 3000000`, /begins like JSON, and is none/],
]

test.each(failures)('a hook that %s stops the call that it guards, and is told elsewhere', async (_, command, why) => {
  const guarding = await heard(command)
  expect(guarding).toEqual({ decision: 'deny', reason: expect.stringMatching(why), notices: [warning(why)] })
  expect(await heard(command, 'session_start')).toEqual({ notices: [warning(why)] })
  expect(await heard(command, 'post_tool_use')).toEqual({ notices: [warning(why)] })
})

const warning = (text: RegExp) => ({ level: 'warning', text: expect.stringMatching(text) })

test('a hook that takes too long is ended, with all that it started', async () => {
  await using folder = await temporaryFolder()
  const command = 'trap "" TERM; (sleep 3; touch late) & sleep 30'
  const answer = await ask(folder.path, { pre_tool_use: [{ hooks: [{ command, timeout: 1 }] }] })
  expect(answer).toMatchObject({ decision: 'deny', reason: expect.stringMatching(/took longer than 1 seconds/) })
  expect(existsSync(join(folder.path, 'late'))).toBe(false)
})

test('a hook ends with the run that it is part of', async () => {
  await using folder = await temporaryFolder()
  const stop = new AbortController()
  const asked = ask(folder.path, before('touch started; sleep 30'), { signal: stop.signal })
  while (!existsSync(join(folder.path, 'started'))) await new Promise(resolve => setTimeout(resolve, 10))
  stop.abort(new Error('cancelled'))
  await expect(asked).rejects.toThrow('cancelled')
})

test.each([
  [undefined, 'shell', true],
  ['', 'shell', true],
  ['*', 'shell', true],
  ['shell', 'shell', true],
  ['shell', 'shell_x', false],
  ['shell|edit_file', 'edit_file', true],
  ['shell|edit_file', 'my_edit_file', false],
  ['mcp:.*', 'mcp:github', true],
  ['(?i)SHELL', 'shell', true],
  ['SHELL', 'shell', false],
])('the matcher %j and the tool %s: %s', async (matcher, tool, isMeant) => {
  const rules = { pre_tool_use: [{ matcher, hooks: [{ command: 'true' }] }] }
  expect(hooksOf(rules, { workspace: workspaceIn('/'), common: () => ({}) })('pre_tool_use', tool) !== undefined).toBe(
    isMeant,
  )
})

test('the strictest of several hooks decides, and equal ones run once', async () => {
  await using folder = await folderWith({})
  const allow = specific({ permission_decision: 'allow', updated_input: { n: 1 } })
  const askFirst = specific({
    permission_decision: 'ask',
    permission_decision_reason: 'Sure?',
    updated_input: { n: 2 },
  })
  const deny = json({ decision: 'block', reason: 'No.' })
  const count = 'echo x >> count'
  expect(await ask(folder.path, before(allow, count, count))).toEqual({ decision: 'allow', input: { n: 1 } })
  expect(readFileSync(join(folder.path, 'count'), 'utf8')).toBe('x\n')
  expect(await ask(folder.path, before(allow, askFirst))).toEqual({
    decision: 'ask',
    reason: 'Sure?',
    input: { n: 2 },
  })
  expect(await ask(folder.path, before(deny, askFirst, allow))).toMatchObject({ decision: 'deny', reason: 'No.' })
  expect(await ask(folder.path, before(allow, 'exit 1'))).toMatchObject({ decision: 'deny' })
})

test('a hook has an environment and a folder of its own', async () => {
  await using folder = await temporaryFolder()
  const rules = { session_start: [{ command: 'echo "$A $PWD" >&2; exit 2', env: { A: 'a' }, working_dir: '/' }] }
  expect(await ask(folder.path, rules, { moment: 'session_start' })).toEqual({ decision: 'deny', reason: 'a /' })
})
