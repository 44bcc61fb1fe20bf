import { expect, test } from 'vitest'
import { loadPermissions, withAllowed } from '../runtime/config/permissions.ts'
import { type PermissionRules, permissionsOf } from '../runtime/policy/permissions.ts'
import { suggestedFor } from '../runtime/policy/suggest.ts'

/** With these rules of the agent file. */
const suggested = (
  call: Parameters<typeof suggestedFor>[0] & { readonly readOnly: boolean },
  rules: PermissionRules = {},
) =>
  suggestedFor(call, async allow => {
    const all = { ...rules, allow: [...(rules.allow ?? []), ...allow] }
    return (await permissionsOf(all, { yolo: false })(call)).verdict === 'allow'
  })

const shell = (cmd: string) => ({ name: 'shell', input: { cmd }, readOnly: false })

const lines: readonly [line: string, rules: readonly string[]][] = [
  ['ls', ['ls']],
  ['ls -la src', ['ls *']],
  ['git status -s', ['git status *']],
  ['cd web && npm test -- --run | tail -3', ['cd *', 'npm test *', 'tail *']],
  ['make', ['make']],
  ['rm -rf build', ['rm -rf build']],
  ['curl -s https://example.com/a', ['curl -s https://example.com/a']],
  ['$TOOL --version', ['$TOOL --version']],
  ['echo hi > out.txt', ['echo *', '> out.txt']],
  ['sudo systemctl restart nginx', ['sudo systemctl restart nginx']],
  ['find . -name "*.ts"', ['find *']],
  ['find . -exec rm {} ;', ['find . -exec rm {}', '']],
  ['NODE_ENV=test npm run build', ['NODE_ENV=test npm run build']],
  ['bash -c "ls; pwd"', ['bash -c ls; pwd']],
  ['for f in *.txt; do wc -l $f; done', ['wc *']],
]

test.each(lines)('for %j a person is offered rules that allow it and commands like it', async (line, globs) => {
  const rules = await suggested(shell(line))
  if (!globs.includes('')) expect(rules).toEqual(globs.map(glob => `shell:cmd=${glob}`))
  const decide = permissionsOf({ allow: rules }, { yolo: false })
  expect((await decide(shell(line))).verdict).toBe('allow')
  for (const worse of [`${line}; rm -rf x`, `${line} && $(evil)`, 'evil', `evil ${line}`])
    expect([worse, (await decide(shell(worse))).verdict]).toEqual([worse, 'ask'])
})

test('of what no rule can tell none is offered, and of other tools the name', async () => {
  for (const line of ['', ' ', '*', '* x']) expect([line, await suggested(shell(line))]).toEqual([line, []])
  expect(await suggested({ name: 'files_write_file', input: { path: 'a' }, readOnly: false })).toEqual([
    'files_write_file',
  ])
})

test('nothing is offered that would not help: another rule has its say before', async () => {
  const deny = { deny: ['shell:cmd=rm *'] }
  expect(await suggested(shell('$TOOL a'), deny)).toEqual([])
  expect(await suggested(shell('ls a'), deny)).toEqual(['shell:cmd=ls *'])
  const hook = { decision: 'ask' } as const
  expect(await suggested({ ...shell('ls a'), hook } as ReturnType<typeof shell>)).toEqual([])
})

test('rules that are added to a file of a project leave all else in it as it is', () => {
  const path = '.reprise/permissions.yaml'
  const first = withAllowed({ path, text: '' }, ['shell:cmd=git *', 'say "hi": #1'])
  expect(loadPermissions({ path, text: first })).toEqual({ allow: ['shell:cmd=git *', 'say "hi": #1'] })
  expect(first).toMatch(/^# What is not asked about/)
  const own = '# Mine\ndeny: [rm]   # never\nallow:   # these\n- one # why\n- two\n\nask:\n  - three\n'
  const added = withAllowed({ path, text: own }, ['two', 'four'])
  expect(added).toBe(
    '# Mine\ndeny: [rm]   # never\nallow:   # these\n- "four"\n- one # why\n- two\n\nask:\n  - three\n',
  )
  expect(withAllowed({ path, text: own }, ['one'])).toBe(own)
  expect(withAllowed({ path, text: 'deny: [a]' }, ['b'])).toBe('deny: [a]\nallow:\n  - "b"\n')
})

test('a file of a project that cannot be read or added to is told as such', () => {
  const path = '.reprise/permissions.yaml'
  expect(() => loadPermissions({ path, text: 'allow: {a: b}' })).toThrow(/holds something that is no rule: allow/)
  expect(() => loadPermissions({ path, text: 'allows: [a]' })).toThrow(/holds something that is no rule/)
  expect(() => loadPermissions({ path, text: 'allow: [' })).toThrow(/permissions\.yaml:1/)
  expect(() => withAllowed({ path, text: 'allow: [a]\n' }, ['b'])).toThrow(/cannot be added to .* as it is written/)
})

test('a rule may name a tool by its server', async () => {
  const call = { name: 'gh_create_issue', origin: 'mcp:github:create_issue', input: { title: 'x' }, readOnly: false }
  const verdict = async (rules: object) => (await permissionsOf(rules, { yolo: false })(call)).verdict
  expect(await verdict({ allow: ['mcp:github:*'] })).toBe('allow')
  expect(await verdict({ allow: ['mcp:gitlab:*'] })).toBe('ask')
  expect(await verdict({ allow: ['gh_*'], deny: ['mcp:github:create_issue:title=x'] })).toBe('deny')
  expect(await verdict({ allow: ['*'], deny: ['mcp:github:create_issue:title=y'] })).toBe('allow')
})
