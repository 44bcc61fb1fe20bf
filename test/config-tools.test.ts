import { expect, test } from 'vitest'
import { agentWith, checked, loaded } from './support/config.ts'

const api = (fields: string): string => `toolsets: [{ type: api, api_config: { name: a, ${fields} } }]`
const script = (fields: string): string => `toolsets: [{ type: script, shell: { hi: { cmd: echo, ${fields} } } }]`

test.each([
  ['an argument that is not described', script('required: [nam], args: { name: {} }'), '4:69: There is no arg "nam".'],
  ['arguments that are not described', script('required: [name]'), '4:69: There is no arg "name".'],
  [
    'an argument that no shell can hold',
    script('args: { a-b: {} }'),
    '4:66: The arg "a-b" cannot be a variable of the shell.',
  ],
  ['a script without a command', 'toolsets: [{ type: script, shell: { hi: {} } }]', '4:41: The key "cmd" is missing'],
  ['an address that is none', api('endpoint: example.com'), '4:62: "example.com" is no address.'],
  ['an argument in an address', api('endpoint: "http://x/${id}", args: { ids: {} }'), '4:72: There is no arg "id".'],
  [
    'a variable in an address',
    api('endpoint: "http://${env.NOBODY}/"'),
    '4:70: The environment variable NOBODY is not set.',
  ],
  [
    'a calculation in an address',
    api('endpoint: "http://x/${1 + 1}"'),
    '4:72: not supported yet: the expression ${1 + 1}',
  ],
  ['a method that does not exist', api('endpoint: "http://x", method: BREW'), '4:82: There is no method "BREW".'],
  [
    'an api without a name',
    'toolsets: [{ type: api, api_config: { endpoint: "http://x" } }]',
    '4:29: The key "name" is',
  ],
  [
    'a folder list of another toolset',
    'toolsets: [{ type: shell, allow_list: [.] }]',
    '4:31: The key "allow_list" goes',
  ],
  [
    'a switch of another toolset',
    'toolsets: [{ type: api, allow_private_ips: true }]',
    '4:24: A toolset of type api needs',
  ],
])('%s is a mistake', (_, lines, problem) => {
  const { problems } = checked(agentWith(lines))
  expect(problems[0]?.slice(0, problem.length)).toBe(problem)
})

test('a mistake in an argument says what could be meant', () => {
  expect(
    checked(agentWith(api('endpoint: "http://x/${user-id}/${usr}", args: { user: {} }'))).printed,
  ).toMatchInlineSnapshot(`
    "agent.yaml:4:72: There is no arg "user-id".
      4 |     toolsets: [{ type: api, api_config: { name: a, endpoint: "http://x/\${user-id}/\${usr}", args: { u…
        |                                                                        ^^^^^^^^^^
        Did you mean user?
        Expected user.
    agent.yaml:4:83: There is no arg "usr".
      4 |     toolsets: [{ type: api, api_config: { name: a, endpoint: "http://x/\${user-id}/\${usr}", args: { u…
        |                                                                                   ^^^^^^
        Did you mean user?
        Expected user."
  `)
})

test('variables are filled in in addresses and headers, and arguments are left for the call', () => {
  const env = { HOST: 'example.com', TOKEN: 't' }
  const { agents } = loaded(
    agentWith(`toolsets:
  - type: api
    api_config:
      name: user
      endpoint: "https://\${env.HOST}/\${ id }?q=\${q}"
      headers: { Authorization: "Bearer \${env.TOKEN}" }
      args: { id: {}, q: {} }
  - type: fetch
    allow_private_ips: true
    headers: { X-Token: "\${env.TOKEN}" }
  - type: script
    env: { A: $HOST }
    shell: { hi: { cmd: "echo $A $HOME", env: { B: "\${TOKEN}" } } }`),
    { env },
  )
  expect(agents[0]?.toolsets).toEqual([
    {
      type: 'api',
      api_config: {
        name: 'user',
        endpoint: 'https://example.com/${ id }?q=${q}',
        headers: { Authorization: 'Bearer t' },
        args: { id: {}, q: {} },
      },
    },
    { type: 'fetch', allow_private_ips: true, headers: { 'X-Token': 't' } },
    { type: 'script', env: { A: 'example.com' }, shell: { hi: { cmd: 'echo $A $HOME', env: { B: 't' } } } },
  ])
})

test('a script without required arguments needs all of them, and one that a shell has by itself needs no description', () => {
  expect(checked(agentWith(script('args: { a: { type: integer } }'))).problems).toEqual([])
  expect(checked(agentWith('toolsets: [{ type: script, shell: { hi: { cmd: "cd $HOME && ls" } } }]')).problems).toEqual(
    [],
  )
})
