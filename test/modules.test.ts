import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'

/** Which sources the build put into which file of dist/. */
const bundle: Readonly<Record<string, { inputs: Readonly<Record<string, unknown>> }>> = JSON.parse(
  readFileSync('dist/.bundle.json', 'utf8'),
)

const spy = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  process.on('exit', () => {
    const told = JSON.stringify({ loaded, node: process.moduleLoadList })
    process.stderr.write('\\nloaded ' + told)
  })
`)}`

/** The files of the bundle, the sources in them, and the parts of Node that a command loads. */
const loadedBy = async (args: readonly string[]) => {
  const { stderr, code } = await reprise(args, { cwd: process.cwd(), nodeArguments: ['--import', spy] })
  expect(code, stderr).toBe(0)
  const { loaded, node } = JSON.parse(/\nloaded (.*)$/.exec(stderr)?.[1] ?? '{}') as {
    loaded: string[]
    node: string[]
  }
  const files = loaded.filter(url => url.includes('/dist/')).map(url => relative(process.cwd(), fileURLToPath(url)))
  const sources = files.flatMap(file => Object.keys(bundle[file]?.inputs ?? {}))
  const packages = sources.flatMap(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  return {
    files,
    sources,
    packages: [...new Set(packages)].sort(),
    node: node.flatMap(name => /^NativeModule (.*)$/.exec(name)?.[1] ?? []),
  }
}

const hello = ['exec', 'agents/hello.yaml', '--fake', 'hello', 'What is a cassette?']
const reviewer = [
  'exec',
  'agents/code-reviewer.yaml',
  '--fake',
  'code-reviewer',
  'Review pkg/auth/handler.go for security issues',
]

test.each([hello, reviewer])(
  'a replay loads no SDK, no HTTP, no streams, no processes, no commander, no zod and no js-yaml: reprise %s %s',
  async (...args) => {
    const { files, packages, node } = await loadedBy(args)
    expect(files.length).toBeGreaterThan(1)
    expect(packages).toEqual(['eventsource-parser'])
    for (const name of [
      'http',
      'https',
      'http2',
      'tls',
      'child_process',
      'stream',
      'crypto',
      'perf_hooks',
      'worker_threads',
      'internal/deps/undici/undici',
    ]) {
      expect(node).not.toContain(name)
    }
  },
)

// A budget: raise it only in a commit that says why.
test('a replay loads less than 400 KB of code, in two files', async () => {
  const { files } = await loadedBy(hello)
  expect(files.every(file => existsSync(file))).toBe(true)
  expect(files).toHaveLength(2)
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(400_000)
})

test('the version is told without loading anything', async () => {
  const { files } = await loadedBy(['--version'])
  expect(files).toEqual(['dist/reprise.js'])
})

test('what is loaded late is a file beside the one that calls it', () => {
  const callers = Object.entries(bundle).flatMap(([file, { inputs }]) =>
    Object.keys(inputs)
      .filter(name => name.startsWith('late:'))
      .map(name => ({ file, late: `late-${relative('.', name.slice('late:'.length)).replaceAll('/', '-')}` })),
  )
  expect(callers.length).toBeGreaterThan(5)
  for (const { file, late } of callers) {
    expect(existsSync(join(dirname(file), late.replace(/\.ts$/, '.js'))), `${late} beside ${file}`).toBe(true)
  }
})

const spyOnPatterns = `data:text/javascript,${encodeURIComponent(`
  const made = []
  globalThis.RegExp = new Proxy(RegExp, {
    construct: (target, given) => (made.push(String(given[0])), new target(...given)),
  })
  process.on('exit', () => process.stderr.write('\\nmade ' + JSON.stringify(made)))
`)}`

test('a replay makes no pattern of emoji or of other properties of letters, which takes milliseconds', async () => {
  const { stderr, code } = await reprise(hello, { cwd: process.cwd(), nodeArguments: ['--import', spyOnPatterns] })
  expect(code, stderr).toBe(0)
  const made: string[] = JSON.parse(/\nmade (.*)$/.exec(stderr)?.[1] ?? '[]')
  expect(made.length).toBeGreaterThan(1)
  // What the build makes of a pattern in the sources; categories of one or two letters are cheap.
  const properties = made.filter(source => /\\p\{(?!\w{1,2}\}|Surrogate\})/i.test(source))
  expect(properties).toEqual([])
})
