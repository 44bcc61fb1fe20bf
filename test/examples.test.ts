import { readdirSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { examplesWith } from './servers/scripts.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { temporaryFolder } from './support/temp.ts'

const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .map(name => basename(name, '.yaml'))
    .sort()
const examples = examplesWith('')

test('each example has a recording of its name, and each recording its example', () => {
  expect(namesIn('cassettes')).toEqual(namesIn('agents'))
  expect(Object.keys(examples).sort()).toEqual(namesIn('agents'))
})

test.each(Object.entries(examples))(
  'the example %s replays strictly, in an empty folder, with no network and no key',
  async (name, { message, answers }) => {
    await using folder = await temporaryFolder()
    const { code, stdout, stderr } = await reprise(
      ['exec', resolve(`agents/${name}.yaml`), '--fake', resolve(`cassettes/${name}`), '--strict', message],
      { cwd: folder.path, ...noNetwork },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const said = answers.flatMap(answer => ('text' in answer && answer.text ? [answer.text] : [])).flat()
    for (const text of said) expect(stdout).toContain(name === 'team' ? text.split('\n')[0] : text)
  },
)

test.each(Object.keys(examples))('the recording of %s says that it comes from a loopback server', name => {
  const head = readFileSync(`cassettes/${name}.yaml`, 'utf8').split('\ninteractions:')[0]
  expect(head).toMatch(/^note: [\s\S]*loopback server/m)
})
