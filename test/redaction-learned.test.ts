import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { loadAgentFile } from '../runtime/config/load.ts'
import { learnedFrom, learning, secretsInFile } from '../runtime/team/settings/learned.ts'

test('credentials that an agent file writes out for servers and tools are known by their values', () => {
  const text = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, remote: { url: "https://a.example", headers: { Authorization: "Bearer plain Words-1", X-Team: "the strings" } } }
      - { type: mcp, remote: { url: "https://b.example", headers: { X-Api-Key: "winter*is*coming" }, oauth: { clientId: me, clientSecret: "quite.a.secret" } } }
      - { type: shell, env: { DEPLOY_TOKEN: "let_me_in_now_1", EDITOR: "a_long_editor_name_1" } }
      - { type: mcp, ref: notes }
mcps:
  notes: { command: notes, env: { NOTES_PASSWORD: "correct horse 9" } }
`
  const values = Object.values(secretsInFile(loadAgentFile({ path: 'a.yaml', text }, { env: {} })))
  expect(values.toSorted()).toEqual([
    'Bearer plain Words-1',
    'correct horse 9',
    'let_me_in_now_1',
    'quite.a.secret',
    'winter*is*coming',
  ])
})

test('what is learnt on the way is kept out from then on, and what was known stays known', () => {
  const learned = learnedFrom({ first: 'sesame-open-up' })
  const redactor = learning(learned, secrets => redactorOf({ secrets, home: '', workingDirectory: '' }))
  const said = 'sesame-open-up, then abracadabra-now'
  expect(redactor.text(said)).toBe('${secret:first}, then abracadabra-now')
  learned.learn({ second: 'abracadabra-now' })
  expect(redactor.text(said)).toBe('${secret:first}, then ${secret:second}')
  expect(redactor.json({ said })).toEqual({ said: '${secret:first}, then ${secret:second}' })
})
