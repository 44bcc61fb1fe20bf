import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { folderWith } from './support/temp.ts'

const good = 'agents:\n  root:\n    model: openai/gpt-4o\n'

const sixMistakes = `agents:
  root:
    model: gpt-4o
    instuction: Be kind.
    add_date: yes
    sub_agents: [writer]
    toolsets:
      - type: filesytem
      - type: shell
        env: { TOKEN: $NOT_SET_ANYWHERE }
  writter:
    model: openai/gpt-4o
`

test('reprise validate tells every mistake of every file, and fails', async () => {
  await using folder = await folderWith({ 'good.yaml': good, 'bad.yaml': sixMistakes })
  const { stdout, stderr, code } = await reprise(['validate', 'good.yaml', 'bad.yaml', 'none.yaml'], {
    cwd: folder.path,
  })
  expect(stdout).toBe('good.yaml: ok\nbad.yaml: 6 problems\nnone.yaml: 1 problem\n')
  expect(stderr).toMatchInlineSnapshot(`
    "bad.yaml:3:12: There is no model "gpt-4o".
      3 |     model: gpt-4o
        |            ^^^^^^
        Expected provider/model, such as openai/gpt-4o.

    bad.yaml:4:5: There is no key "instuction" in agent "root".
      4 |     instuction: Be kind.
        |     ^^^^^^^^^^
        Did you mean instruction?

    bad.yaml:5:15: "add_date" is the text "yes".
      5 |     add_date: yes
        |               ^^^
        Did you mean true?
        Expected true or false.

    bad.yaml:6:18: There is no agent "writer".
      6 |     sub_agents: [writer]
        |                  ^^^^^^
        Did you mean writter?
        Expected writter.

    bad.yaml:8:15: "type" cannot be "filesytem".
      8 |       - type: filesytem
        |               ^^^^^^^^^
        Did you mean filesystem?
        Expected one of filesystem, shell, think, todo, tasks, memory, script, fetch, mcp, api, a2a, lsp,
        user_prompt, openapi, model_picker, background_agents.

    bad.yaml:10:23: The environment variable NOT_SET_ANYWHERE is not set.
      10 |         env: { TOKEN: $NOT_SET_ANYWHERE }
         |                       ^^^^^^^^^^^^^^^^^

    none.yaml: The file cannot be read: it does not exist.

    "
  `)
  expect(code).toBe(2)
})

test('a built-in provider is known by its name', async () => {
  await using folder = await folderWith({ 'a.yaml': good.replace('openai', 'opnai') })
  const { stderr, code } = await reprise(['validate', 'a.yaml'], { cwd: folder.path })
  expect(stderr).toContain('There is no provider "opnai".')
  expect(stderr).toContain('Did you mean openai/gpt-4o?')
  expect(code).toBe(2)
})

test('reprise validate is silent about a good file, and succeeds', async () => {
  await using folder = await folderWith({ 'good.yaml': good })
  const { stdout, stderr, code } = await reprise(['validate', 'good.yaml'], { cwd: folder.path })
  expect({ stdout, stderr, code }).toEqual({ stdout: 'good.yaml: ok\n', stderr: '', code: 0 })
})

test('a warning alone does not fail', async () => {
  await using folder = await folderWith({ 'a.yaml': `${good}    instruction: For \${env.TEAM}\n` })
  const { stderr, code } = await reprise(['validate', 'a.yaml'], { cwd: folder.path })
  expect(stderr).toMatch(/^a\.yaml:4:22: warning: /)
  expect(code).toBe(0)
})

test('a run of a wrong file tells the same, and nothing is asked of a model', async () => {
  await using folder = await folderWith({ 'bad.yaml': sixMistakes })
  const { stdout, stderr, code } = await reprise(['exec', 'bad.yaml', 'Hello'], { cwd: folder.path })
  const validated = await reprise(['validate', 'bad.yaml'], { cwd: folder.path })
  expect(stderr.trim()).toBe(validated.stderr.trim())
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
})

test('reprise schema prints the schema of the project', async () => {
  const { stdout, code } = await reprise(['schema'])
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', required: ['agents'] })
  expect(code).toBe(0)
})
