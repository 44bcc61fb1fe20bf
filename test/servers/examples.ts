import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type ProviderScript, type ProviderStep, providerServer } from '../support/provider-server.ts'
import { alikeInEachRun } from '../support/wire/ids.ts'
import { type Example, examplesWith } from './scripts.ts'

/**
 * `node test/servers/examples.ts [NAME…]` records the cassettes of the examples anew. No key is at hand, so each is
 * recorded from a server on loopback that speaks the provider's protocol with the answers of scripts.ts, and the header
 * says so. The cassettes hold the providers' own addresses, since `fetch` is what leads elsewhere: with a real key,
 * `reprise exec agents/NAME.yaml --record=cassettes/NAME "…"` makes the same file.
 */
const note =
  'Not from a real provider: recorded from a loopback server that speaks its protocol with scripted answers (test/servers/examples.ts).'

const keys = {
  OPENAI_API_KEY: 'sk-proj-example-that-no-provider-accepts',
  ANTHROPIC_API_KEY: 'sk-ant-example-that-no-provider-accepts',
  GOOGLE_API_KEY: 'AIza-example-that-no-provider-accepts',
}

// The build writes the version into the bundle; whoever runs the sources says it himself.
const { version } = JSON.parse(await readFile('package.json', 'utf8'))
Object.assign(globalThis, { REPRISE_VERSION: version })
const { inOrder, open } = await import('../../runtime/index.ts')

/** Milliseconds between two pieces of an answer. */
const pace = 8

const record = async (name: string, example: Example): Promise<string> => {
  const { message, answers, files = {}, yolo = false, answer, pages = {} } = example
  const workingDirectory = join(tmpdir(), 'reprise-example')
  await rm(workingDirectory, { recursive: true, force: true })
  await mkdir(workingDirectory)
  for (const [path, text] of Object.entries(files)) await put(join(workingDirectory, path), text)
  alikeInEachRun()
  await using server = await providerServer(paced(answers))
  const agentFile = `agents/${name}.yaml`
  const conversation = await open({
    source: { path: agentFile, text: await readFile(agentFile, 'utf8') },
    env: { ...keys, PATH: process.env['PATH'] },
    home: '/home/somebody',
    workingDirectory,
    // What tools keep beside the agent file goes there, too.
    cassettesFrom: workingDirectory,
    models: [],
    promptFiles: [],
    record: resolve('cassettes', name),
    note,
    strict: true,
    yolo,
    person: async () => ({ verdict: 'no' }),
    notice: text => console.log(text),
    ...(answer && { ask: async () => answer }),
    fetch: (asked, init) => pageAt(pages, asked) ?? fetch(new URL(pathOf(asked), server.url), init),
    now: () => new Date(),
  })
  const failure = await spoken(conversation.say([{ type: 'text', text: message }], new AbortController().signal))
  const { notices, failure: verdict } = await conversation.close(failure)
  await rm(workingDirectory, { recursive: true, force: true })
  if (failure ?? verdict) throw failure ?? verdict
  return notices.join('\n')
}

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const paced = (answers: readonly ProviderStep[]): ProviderScript => answers.map(step => ({ delayMs: pace, ...step }))

/** A page of an example; of its hosts there is nothing else, and robots may go everywhere. */
const pageAt = (pages: NonNullable<Example['pages']>, asked: string | URL | Request): Promise<Response> | undefined => {
  const url = new URL(asked instanceof Request ? asked.url : asked)
  if (!Object.keys(pages).some(page => new URL(page).host === url.host)) return undefined
  const body = pages[url.href]
  const type = body?.startsWith('<') ? 'text/html' : 'application/json'
  return Promise.resolve(
    new Response(body ?? null, { status: body === undefined ? 404 : 200, headers: { 'content-type': type } }),
  )
}

const pathOf = (asked: string | URL | Request): string => {
  const { pathname, search } = new URL(asked instanceof Request ? asked.url : asked)
  return pathname + search
}

/** Runs to the end; gives back what it failed with. */
const spoken = async (events: Parameters<typeof inOrder>[0]): Promise<unknown> => {
  try {
    for await (const event of inOrder(events)) if (event.type === 'text-delta') process.stdout.write(event.text)
    console.log()
    return undefined
  } catch (error) {
    return error
  }
}

const examples = examplesWith(await readFile(join(import.meta.dirname, 'code-reviewer/pkg/auth/handler.go'), 'utf8'))
const wanted = process.argv.slice(2)
for (const [name, example] of Object.entries(examples)) {
  if (wanted.length === 0 || wanted.includes(name)) console.log(await record(name, example))
}
