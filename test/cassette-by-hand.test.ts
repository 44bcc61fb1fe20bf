import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { conversation, modelCall, said, toolCall } from './support/interactions.ts'
import { deepJson } from './support/json-values.ts'
import { temporaryFolder } from './support/temp.ts'
import { context, expectAll, header, write } from './support/written.ts'

test('any YAML parser reads the file, and a file that a formatter laid out anew is the same cassette', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const interactions = [
    ...conversation(3, (turn, part) => `${part} ${turn}:\n${'words \n'.repeat(12)}"and" more`),
    modelCall(20, { deep: deepJson(90), padding: 'x'.repeat(400) }, 'ok'),
  ]
  const text = await write(path, interactions)
  const document = load(text) as JsonObject
  for (const options of [{}, { indent: 4 }, { flowLevel: 3 }, { lineWidth: 40 }, { noRefs: true }]) {
    writeFileSync(path, dump(document, options))
    expectAll(path, interactions)
  }
  writeFileSync(path, text.replaceAll('\n', '\r\n'))
  expectAll(path, interactions)
  writeFileSync(path, JSON.stringify(document))
  expectAll(path, interactions)
})

test('one item that was mended by hand is read by a general parser, the others as before', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const interactions = conversation(3, (turn, part) => `${part} ${turn}: ${'words and more words '.repeat(5)}`)
  const text = await write(path, interactions)
  const [first = ''] = text.match(/ {2}- id: 1\n(?:.*\n)*?(?= {2}- id: 2)/) ?? []
  const mended = text
    .replace(first, `${first.replace('lane: root', 'lane: "root"   # the only one')}\n  # a remark between\n`)
    .replace('- id: 4\n    agent: root', "- agent: 'root'\n    # moved down\n    id: 4")
  writeFileSync(path, mended)
  expectAll(path, interactions)
  writeFileSync(path, text.replace('message 0: words', 'message 0: other words'))
  expect(openCassette(path, context).load(1).request.body).toContain('other words')
  expect(JSON.stringify(openCassette(path, context).load(4).request.body)).toContain('message 0: other words')
})

test('what a hand broke is named, with the interaction', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const text = await write(
    path,
    conversation(2, (turn, part) => `${part} ${turn}: ${'words and more words '.repeat(5)}`),
  )
  const open = (change: (text: string) => string) => {
    writeFileSync(path, change(text))
    return openCassette(path, context)
  }
  expect(() => open(text => text.replace('- id: 3', '- id: 2'))).toThrow('two interactions have the id 2')
  expect(() => open(text => text.replace('version: 2', 'version: 3'))).toThrow('version 3')
  expect(() => open(text => text.replace('&asked-1 ', '')).load(2)).toThrow('*asked-1')
  expect(() => open(text => text.replace('extends: 2', 'extends: 4'))).toThrow('interaction 4 extends 4')
  expect(() => open(text => text.replace('extends: 2', 'extends: 77'))).toThrow('interaction 4 extends 77')
  expect(() => open(text => text.replace('append:\n        messages:', 'append:\n        letters:')).load(4)).toThrow(
    'Interaction 4',
  )
})

test('a header cannot be mistaken for interactions, nor a text for an item', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const evil = '\ninteractions:\n  - id: 9\n    state: complete\n'
  const interactions = [
    said(1, evil),
    toolCall(2, 'x', { text: evil, [evil]: evil }, evil),
    modelCall(3, { evil: evil.repeat(20) }, evil),
  ]
  const writer = createCassette(path, {
    ...header,
    note: evil,
    arguments: [evil, 'interactions:'],
    agent: { path: evil, digest: evil, content: evil },
  })
  for (const interaction of interactions) writer.append(interaction)
  await writer.close(undefined)
  expectAll(path, interactions)
  expect(openCassette(path, context).header.agent?.content).toBe(evil)
})
