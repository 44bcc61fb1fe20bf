import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { temporaryFolder } from './temp.ts'

/** A browser to look at pages with; undefined where none is installed. */
export const chromium: string | undefined = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)

/** What a page shows and does. Closed when disposed of. */
export type Tab = AsyncDisposable & {
  /** The value of an expression in the page. */
  readonly value: (expression: string) => Promise<unknown>
  /** Presses a key as a person does. */
  readonly press: (key: string) => Promise<void>
  readonly dark: () => Promise<void>
  /** A PNG of what is to be seen. */
  readonly picture: () => Promise<Buffer>
  /** Addresses that the page asked for, beside its own file. */
  readonly asked: readonly string[]
  /** What went wrong in it, and what its policy forbade. */
  readonly complaints: readonly string[]
}

type Message = {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
}
// biome-ignore lint/suspicious/noExplicitAny: the browser's protocol is not typed here
type Params = Record<string, any>

/** Flags as this workplace's machines need them: no sandbox for root, and nothing that looks for the network. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1200,1600',
  '--remote-debugging-pipe',
]

/** Opens a file in a headless browser, which is spoken to over a pipe. */
export const openTab = async (file: string, fragment = ''): Promise<Tab> => {
  const profile = await temporaryFolder()
  const child = spawn(chromium ?? 'chromium', [...flags, `--user-data-dir=${profile.path}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable]
  const asked: string[] = []
  const complaints: string[] = []
  const send = conversation(input, output, { asked, complaints })
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
  const say = (method: string, params: Params = {}) => send(method, params, sessionId)
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await say(`${domain}.enable`)
  const value = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await say('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  await say('Page.navigate', { url: `${pathToFileURL(file)}${fragment}` })
  await value(
    `new Promise(done => document.readyState === 'complete' && location.protocol === 'file:' ? done() : addEventListener('load', () => done()))`,
  )
  return {
    value,
    asked,
    complaints,
    press: async key => {
      for (const type of ['keyDown', 'keyUp'])
        await say('Input.dispatchKeyEvent', { type, key, ...(key.length === 1 && type === 'keyDown' && { text: key }) })
    },
    dark: async () => {
      await say('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] })
    },
    picture: async () => Buffer.from((await say('Page.captureScreenshot'))['data'], 'base64'),
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      if (child.exitCode === null) child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await gone
      await profile[Symbol.asyncDispose]()
    },
  }
}

type Heard = { readonly asked: string[]; readonly complaints: string[] }

/** Questions and answers as JSON with a zero byte behind each; what the page does of itself is noted. */
const conversation = (input: Writable, output: Readable, { asked, complaints }: Heard) => {
  const waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>()
  const hear = ({ id, method, params = {}, result = {}, error }: Message): void => {
    if (id !== undefined) {
      const asker = waiting.get(id)
      waiting.delete(id)
      if (error) asker?.reject(new Error(error.message))
      else asker?.resolve(result)
    }
    if (method === 'Network.requestWillBeSent' && !/^(?:file|data|about):/.test(params['request'].url))
      asked.push(params['request'].url)
    if (method === 'Log.entryAdded') complaints.push(params['entry'].text)
    if (method === 'Runtime.exceptionThrown')
      complaints.push(params['exceptionDetails'].exception?.description ?? params['exceptionDetails'].text)
  }
  let rest = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) hear(JSON.parse(message) as Message)
  })
  let count = 0
  return (method: string, params: Params = {}, sessionId?: string): Promise<Params> => {
    count += 1
    const id = count
    input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }
}
