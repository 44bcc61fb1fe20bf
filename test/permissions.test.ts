import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import { type PermissionRules, permissionsOf } from '../runtime/policy/permissions.ts'

type Asked = {
  readonly name: string
  readonly input?: JsonObject
  readonly readOnly?: boolean
  readonly yolo?: boolean
}

const decide = async (rules: PermissionRules, { name, input = {}, readOnly = false, yolo = false }: Asked) =>
  await permissionsOf(rules, { yolo })({ name, input, readOnly })

const verdict = async (rules: PermissionRules, asked: Asked): Promise<string> => (await decide(rules, asked)).verdict

test('without rules only what reads is allowed, and with --yolo everything is', async () => {
  expect(await decide({}, { name: 'read_file', readOnly: true })).toEqual({ verdict: 'allow', rule: 'read-only' })
  expect(await decide({}, { name: 'write_file' })).toEqual({ verdict: 'ask' })
  expect(await decide({}, { name: 'write_file', yolo: true })).toEqual({ verdict: 'allow', rule: '--yolo' })
})

test('deny comes before allow, allow before ask, and ask before what is only read', async () => {
  const rules = { deny: ['write_file'], allow: ['write_*', 'edit_file'], ask: ['edit_*', 'read_file'] }
  expect(await verdict(rules, { name: 'write_file' })).toBe('deny')
  expect(await verdict(rules, { name: 'edit_file' })).toBe('allow')
  expect(await verdict(rules, { name: 'read_file', readOnly: true })).toBe('ask')
  expect(await verdict(rules, { name: 'list_directory', readOnly: true })).toBe('allow')
})

test('--yolo overrides rules that ask, and none that denies', async () => {
  const rules = { deny: ['shell:cmd=rm *'], ask: ['write_file'] }
  expect(await verdict(rules, { name: 'shell', input: { cmd: 'rm -rf /tmp' }, yolo: true })).toBe('deny')
  expect(await decide(rules, { name: 'write_file', yolo: true })).toEqual({ verdict: 'allow', rule: '--yolo' })
  expect(await verdict({ ...rules, ask: ['read_file'] }, { name: 'read_file', readOnly: true, yolo: true })).toBe(
    'allow',
  )
})

test('the decision names the rule, and a refusal names it to the model', async () => {
  const rules = { deny: ['shell:cmd=sudo *', 'delete_*'], allow: ['shell:cmd=ls*', 'shell:cmd=wc *'], ask: ['fetch'] }
  expect(await decide(rules, { name: 'shell', input: { cmd: 'cd x && sudo reboot' } })).toEqual({
    verdict: 'deny',
    rule: 'deny: shell:cmd=sudo *',
    reason: `Tool 'shell' is denied by permissions configuration (deny: shell:cmd=sudo *, which forbids "sudo reboot").`,
  })
  expect(await decide(rules, { name: 'delete_task' })).toEqual({
    verdict: 'deny',
    rule: 'deny: delete_*',
    reason: `Tool 'delete_task' is denied by permissions configuration (deny: delete_*).`,
  })
  expect(await decide(rules, { name: 'shell', input: { cmd: 'ls | wc -l' } })).toEqual({
    verdict: 'allow',
    rule: 'allow: shell:cmd=ls*, shell:cmd=wc *',
  })
  expect(await decide(rules, { name: 'fetch' })).toEqual({ verdict: 'ask', rule: 'ask: fetch' })
})

const holds: readonly [pattern: string, name: string, input: JsonObject, holds: boolean][] = [
  // cagent's own
  ['shell', 'shell', { cmd: 'anything' }, true],
  ['shell:cmd=ls*', 'shell', { cmd: 'ls' }, true],
  ['shell:cmd=ls*', 'shell', { cmd: 'ls -la /usr/bin' }, true],
  ['shell:cmd=ls*', 'shell', { cmd: 'lsof' }, true],
  ['shell:cmd=ls*', 'shell', { cmd: 'cat ls' }, false],
  ['shell:cmd=ls *', 'shell', { cmd: 'ls' }, false],
  ['shell:cmd=pwd', 'shell', { cmd: 'pwd' }, true],
  ['SHELL:cmd=LS*', 'shell', { cmd: 'ls' }, true],
  ['read_*', 'read_file', {}, true],
  ['read_*', 'write_file', {}, false],
  ['*', 'anything', {}, true],
  ['mcp:github:create_issue', 'mcp:github:create_issue', {}, true],
  ['mcp:github:*', 'mcp:github:create_issue', {}, true],
  ['mcp:github:*:repo=docker/*', 'mcp:github:create_issue', { repo: 'docker/cagent' }, true],
  ['mcp:github:*:repo=docker/*', 'mcp:github:create_issue', { repo: 'evil/cagent' }, false],
  ['github_create_*', 'github_create_issue', {}, true],
  ['write_file:path=*.md', 'write_file', { path: 'a.md' }, true],
  ['write_file:path=*.md', 'write_file', { content: 'a.md' }, false],
  ['write_file:path=*.md', 'write_file', { path: null }, false],
  ['t:n=3', 't', { n: 3 }, true],
  ['t:n=true', 't', { n: true }, true],
  ['t:a=1:b=2', 't', { a: 1, b: 2 }, true],
  ['t:a=1:b=2', 't', { a: 1, b: 3 }, false],
  // where cagent's stop
  ['write_file:path=*secret*', 'write_file', { path: '/home/me/secret/key' }, true],
  ['api:url=https://example.com:8080/*', 'api', { url: 'https://example.com:8080/a/b' }, true],
  ['t:text=*last', 't', { text: 'first\nlast' }, true],
  ['t:x=a\\:b=c', 't', { x: 'a:b=c' }, true],
  ['t:user-id=5', 't', { 'user-id': 5 }, true],
  // classes, and brackets that are none
  ['t:x=[a-c]?[^0-9]', 't', { x: 'b1z' }, true],
  ['t:x=[a-c]?[^0-9]', 't', { x: 'b12' }, false],
  ['t:x=a[', 't', { x: 'a[' }, true],
  ['t:x=a[]', 't', { x: 'a[]' }, true],
  ['t:x=\\*', 't', { x: '*' }, true],
  ['t:x=\\*', 't', { x: 'y' }, false],
  ['t:x=[\\]]', 't', { x: ']' }, true],
]

test.each(holds)('the pattern %s and a call of %s with %j: %s', async (pattern, name, input, expected) => {
  expect(await verdict({ allow: [pattern] }, { name, input })).toBe(expected ? 'allow' : 'ask')
  expect(await verdict({ deny: [pattern] }, { name, input })).toBe(expected ? 'deny' : 'ask')
})

test('of a list, one forbidden item is enough to forbid, and all must be allowed', async () => {
  const input = { paths: ['src/a.ts', '/etc/shadow'] }
  expect(await verdict({ deny: ['*:paths=/etc/*'] }, { name: 'read_multiple_files', input, readOnly: true })).toBe(
    'deny',
  )
  expect(await verdict({ allow: ['*:paths=src/*'] }, { name: 'fetch', input })).toBe('ask')
  expect(await verdict({ allow: ['*:paths=src/*'] }, { name: 'fetch', input: { paths: ['src/a.ts'] } })).toBe('allow')
  expect(await verdict({ allow: ['*:paths=src/*'] }, { name: 'fetch', input: { paths: [] } })).toBe('ask')
})

test('a pattern of many stars is decided at once', async () => {
  const rules = { allow: [`shell:cmd=${'*a'.repeat(20)}*b`, `t:x=${'*a'.repeat(20)}*b`] }
  expect(await verdict(rules, { name: 't', input: { x: 'a'.repeat(20_000) } })).toBe('ask')
  expect(await verdict(rules, { name: 'shell', input: { cmd: 'a'.repeat(20_000) } })).toBe('ask')
})

test('arguments that are not as they should be match no rule that asks for them', async () => {
  const rules = { allow: ['shell:cmd=ls*'], deny: ['shell:cmd=rm*'] }
  expect(await verdict(rules, { name: 'shell', input: {} })).toBe('ask')
  expect(await verdict(rules, { name: 'shell', input: { cmd: 5 } })).toBe('ask')
  expect(await verdict(rules, { name: '__proto__', input: {} })).toBe('ask')
  expect(await verdict(rules, { name: 'toString', input: { constructor: 'x' } })).toBe('ask')
})
