import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * `node test/servers/hostile-lsp.ts HOW [FILE]`: a language server over stdio that behaves as badly as it is told to.
 * Written without a library: some of this no library would do. FILE is where it
 * remembers something between two lives, or writes down a process, or what it would like to change.
 */
const [how = '', state = ''] = process.argv.slice(2)

type Message = { id?: number; method?: string; params?: Record<string, never>; result?: unknown }
type Place = { textDocument: { uri: string; version?: number }; newName?: string }

const raw = (text: string): void => {
  process.stdout.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}
const send = (message: object): void => raw(JSON.stringify({ jsonrpc: '2.0', ...message }))
const tell = (method: string, params: object): void => send({ method, params })

let asked = 0
const waiting = new Map<number, (result: unknown) => void>()
const ask = (method: string, params: object): Promise<unknown> =>
  new Promise(resolve => {
    asked += 1
    waiting.set(1000 + asked, resolve)
    send({ id: 1000 + asked, method, params })
  })

/** What was told of files: `open a.ts 1`, `change a.ts 2`, `watched 1 b.ts`. */
const told: string[] = []
const nameOf = (uri: string): string => uri.split('/').at(-1) ?? ''

const die = (): never => {
  process.stderr.write('Out of memory, or something like it\n')
  process.exit(7)
}

const onceOnly = (): boolean => {
  if (existsSync(state)) return false
  writeFileSync(state, '')
  return true
}

const zero = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }
const beside = (uri: string, name: string): string => new URL(name, uri).href
const edit = (newText: string, range = zero) => ({ range, newText })
const versioned = (uri: string, version: number | null, ...edits: object[]) => ({
  textDocument: { uri, version },
  edits,
})

/** What it wants to be changed when it is asked for another name. */
const renames: Readonly<Record<string, (uri: string, name: string) => object | null>> = {
  'renames outside': (uri, name) => ({
    changes: { [uri]: [edit(name)], [pathToFileURL(state).href]: [edit(name)] },
  }),
  'renames through a link': (uri, name) => ({
    changes: { [uri]: [edit(name)], [beside(uri, 'link.txt')]: [edit(name)] },
  }),
  'renames a page': (uri, name) => ({ changes: { [uri]: [edit(name)], 'https://example.com/a': [edit(name)] } }),
  'renames what is not there': (uri, name) => ({
    documentChanges: [versioned(uri, null, edit(name)), versioned(beside(uri, 'none.txt'), null, edit(name))],
  }),
  'renames what cannot be written': (uri, name) => ({
    documentChanges: [versioned(uri, null, edit(name)), versioned(beside(uri, 'locked/b.txt'), null, edit(name))],
  }),
  overlaps: (uri, name) => ({ changes: { [uri]: [edit(name), edit('x')] } }),
  'creates what is there': uri => ({
    documentChanges: [
      { kind: 'create', uri: beside(uri, 'new.txt') },
      { kind: 'create', uri: beside(uri, 'b.txt') },
    ],
  }),
  'creates outside': uri => ({ documentChanges: [{ kind: 'create', uri: beside(uri, '../new.txt') }] }),
  'removes a full folder': uri => ({ documentChanges: [{ kind: 'delete', uri: beside(uri, 'full') }] }),
  'removes what is not there': uri => ({ documentChanges: [{ kind: 'delete', uri: beside(uri, 'none.txt') }] }),
  'moves onto another': uri => ({
    documentChanges: [{ kind: 'rename', oldUri: uri, newUri: beside(uri, 'b.txt') }],
  }),
  'moves a link': uri => ({
    documentChanges: [{ kind: 'rename', oldUri: beside(uri, 'link.txt'), newUri: beside(uri, 'mine.txt') }],
  }),
  'makes, moves and removes files': (uri, name) => ({
    documentChanges: [
      { kind: 'create', uri: beside(uri, 'new/new.txt'), options: { ignoreIfExists: true } },
      versioned(beside(uri, 'new/new.txt'), null, edit(name)),
      versioned(uri, null, edit(name)),
      { kind: 'rename', oldUri: uri, newUri: beside(uri, 'moved/a.txt') },
      { kind: 'rename', oldUri: beside(uri, 'full'), newUri: beside(uri, 'moved/full') },
      versioned(beside(uri, 'moved/full/deep/c.txt'), null, edit(name)),
      { kind: 'create', uri: beside(uri, 'b.txt'), options: { overwrite: true } },
      { kind: 'delete', uri: beside(uri, 'gone'), options: { recursive: true } },
      { kind: 'delete', uri: beside(uri, 'none.txt'), options: { ignoreIfNotExists: true } },
    ],
  }),
  'is out of date': (uri, name) => ({ documentChanges: [versioned(uri, 99, edit(name))] }),
  'renames nothing': () => null,
  'renames in order': (uri, name) => {
    const at = (line: number, from: number, to: number) => ({
      start: { line, character: from },
      end: { line, character: to },
    })
    return {
      changes: {
        [uri]: [
          edit(name, at(2, 0, 3)),
          edit('1', at(0, 0, 0)),
          edit('2', at(0, 0, 0)),
          edit(name, at(0, 4, 7)),
          edit('\r\nend', at(90, 0, 5)),
        ],
      },
    }
  },
}

const capabilities: object = {
  textDocumentSync: { openClose: true, change: 1, save: { includeText: true } },
  hoverProvider: true,
  definitionProvider: how !== 'offers little',
  renameProvider: true,
  documentFormattingProvider: true,
  workspaceSymbolProvider: true,
}

const initialize = async (id: number): Promise<void> => {
  if (how === 'silent at start') return
  if (how === 'dies at start') die()
  if (how === 'no protocol') process.stdout.write('Starting the server on port 4711 …\n')
  if (how === 'announces a gigabyte') process.stdout.write(`Content-Length: ${2 ** 30}\r\n\r\n{"a": "`)
  if (how === 'never ends its head') setInterval(() => process.stdout.write('Content-Type: '.repeat(1000)), 1)
  if (how === 'starts another')
    spawn('sh', ['-c', `trap '' TERM; echo $$ > '${state}'; while true; do sleep 0.1; done`])
  if (how === 'starts another') process.on('SIGTERM', () => undefined)
  send({ id, result: { capabilities, serverInfo: { name: 'hostile', version: '1' } } })
  if (how === 'floods') flood()
}

const flood = (): void => {
  const isHeard = Array.from({ length: 20 }, () => 'x'.repeat(50_000)).every(message => {
    tell('window/logMessage', { type: 3, message })
    return !process.stdout.writableNeedDrain
  })
  if (isHeard) setImmediate(flood)
  else process.stdout.once('drain', flood)
}

const hover = async (id: number, { textDocument }: Place): Promise<void> => {
  const say = (text: string) => send({ id, result: { contents: { kind: 'markdown', value: text } } })
  if (how === 'silent at hover' || how === 'floods') return
  if (how === 'dies at hover' || (how === 'dies once' && onceOnly())) die()
  if (how === 'closes its output') return void process.stdout.end()
  if (how === 'refuses') return send({ id, error: { code: -32803, message: 'not today' } })
  if (how === 'changes its mind' && onceOnly())
    return send({ id, error: { code: -32801, message: 'content modified' } })
  if (how === 'writes nonsense') {
    raw('{"jsonrpc": "2.0", "id": ')
    send({ id: 4711, result: 'an answer to nothing' })
    tell('$/unknown', {})
  }
  if (how === 'is long') return say('word '.repeat(100_000))
  if (how === 'asks') {
    const settings = await ask('workspace/configuration', { items: [{ section: 'a.b' }, { section: 'none' }] })
    const folders = await ask('workspace/workspaceFolders', {})
    const applied = await ask('workspace/applyEdit', { edit: { changes: { [textDocument.uri]: [edit('EVIL')] } } })
    const page = await ask('window/showDocument', { uri: 'https://example.com', external: true })
    return say(JSON.stringify({ settings, folders, applied, page }))
  }
  if (how === 'tells its process') return say(`process ${process.pid}`)
  if (how === 'shows its environment') return say(JSON.stringify(process.env))
  say(told.join('\n') || 'nothing was told')
}

const answers: Readonly<Record<string, (id: number, params: never) => void | Promise<void>>> = {
  initialize: id => initialize(id),
  shutdown: id => (how === 'does not leave' ? undefined : send({ id, result: null })),
  'textDocument/hover': (id, params) => hover(id, params),
  'textDocument/definition': id => send({ id, result: [] }),
  'textDocument/rename': (id, { textDocument, newName = '' }: Place) =>
    send({ id, result: renames[how]?.(textDocument.uri, newName) ?? null }),
  'textDocument/formatting': id => send({ id, result: [] }),
  'workspace/symbol': id => {
    const { uri } = { uri: `file://${join(dirname(fileURLToPath(import.meta.url)), 'x.ts')}` }
    const names = Array.from({ length: how === 'finds much' ? 5000 : 1 }, (_, index) => `name${index}`)
    send({ id, result: names.map(name => ({ name, kind: 12, location: { uri, range: zero } })) })
  },
}

const heard: Readonly<Record<string, (params: never) => void>> = {
  initialized: () => {
    if (how === 'watches')
      void ask('client/registerCapability', {
        registrations: [
          {
            id: 'w',
            method: 'workspace/didChangeWatchedFiles',
            registerOptions: { watchers: [{ globPattern: '**/*.{txt,md}', kind: 5 }] },
          },
        ],
      })
  },
  exit: () => (how === 'does not leave' ? undefined : process.exit(0)),
  'textDocument/didOpen': ({ textDocument }: Place) =>
    told.push(`open ${nameOf(textDocument.uri)} ${textDocument.version}`),
  'textDocument/didClose': ({ textDocument }: Place) => told.push(`close ${nameOf(textDocument.uri)}`),
  'textDocument/didChange': ({ textDocument }: Place) =>
    told.push(`change ${nameOf(textDocument.uri)} ${textDocument.version}`),
  'textDocument/didSave': ({ textDocument, text }: Place & { text?: string }) =>
    told.push(`save ${nameOf(textDocument.uri)} ${text}`),
  'workspace/didChangeWatchedFiles': ({ changes }: { changes: { uri: string; type: number }[] }) =>
    told.push(...changes.map(({ uri, type }) => `watched ${type} ${nameOf(uri)}`).sort()),
}

const read = ({ id, method = '', params, result }: Message): void => {
  if (method === '' && id !== undefined) return void waiting.get(id)?.(result)
  if (id === undefined) return void heard[method]?.((params ?? {}) as never)
  const answer = answers[method]
  if (answer) void answer(id, (params ?? {}) as never)
  else send({ id, error: { code: -32601, message: `no ${method}` } })
}

let input = Buffer.alloc(0)
process.stdin.on('data', (bytes: Buffer) => {
  input = Buffer.concat([input, bytes])
  for (;;) {
    const end = input.indexOf('\r\n\r\n')
    const length = Number(/Content-Length: (\d+)/i.exec(input.toString('latin1', 0, Math.max(0, end)))?.[1])
    if (end < 0 || input.length < end + 4 + length) return
    const body = input.toString('utf8', end + 4, end + 4 + length)
    input = input.subarray(end + 4 + length)
    read(JSON.parse(body))
  }
})
if (how === 'starts another' || how === 'does not leave') setInterval(() => undefined, 1000)
if (how === 'does not leave') writeFileSync(state, String(process.pid))
