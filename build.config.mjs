import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { build } from 'esbuild'

/**
 * What commander asks of Node takes longer to load than commander itself, and all we use of it is this. (It starts
 * programs for commands that are files of their own; there are none here.)
 */
const leanNode = {
  'node:child_process': 'export default undefined',
  'node:process': 'export default globalThis.process',
  'node:util': String.raw`export const stripVTControlCharacters = text => text.replace(/\x1b\[[0-9;]*m/g, '')`,
}
/** Parts of Node that cost milliseconds to load, and that most commands do not come to need: loaded when called. */
const lateNode = new Set(
  ['crypto', 'fs/promises', 'os', 'stream', 'timers/promises', 'util'].map(name => `node:${name}`),
)

/**
 * A part of Node without what a module of it is: a list of all its names, each looked at, which loads whatever they stand
 * for (of node:fs, all of streams). Names that are not functions do not occur in what is loaded late.
 */
const nodeModule = path => {
  const isLate = lateNode.has(path)
  const names = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path)))
    .filter(
      ([name, { value }]) => /^[a-z]\w*$/i.test(name) && (isLate ? typeof value === 'function' : value !== undefined),
    )
    .map(([name]) => name)
  const exports = names
    .filter(name => name !== 'default')
    .map(name =>
      isLate
        ? `export const ${name} = (...given) => process.getBuiltinModule('${path}').${name}(...given)`
        : `export const ${name} = /* @__PURE__ */ own('${name}')`,
    )
  return [`const all = process.getBuiltinModule('${path}'), own = name => all[name]`, ...exports]
    .slice(isLate ? 1 : 0)
    .join('\n')
}

const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, importer, kind }) => {
      if (path in leanNode && importer.includes('node_modules/commander/')) return { path, namespace: 'lean' }
      // The first file has to run in any Node.
      if (kind === 'dynamic-import' || /node_modules\/|cli\/reprise\.ts$/.test(importer)) return undefined
      return { path, namespace: 'node' }
    })
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: leanNode[path] }))
    onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => ({ contents: nodeModule(path) }))
  },
}

/**
 * A run shall be one file, since each costs most of a millisecond to find and to load. esbuild cuts by who needs what: so
 * whatever is loaded beside a run says that it needs all of it, and nothing is cut off.
 */
const run = resolve('runtime/cli/plain.ts')
const sources = ['runtime', 'tools'].flatMap(folder =>
  readdirSync(folder, { recursive: true })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => resolve(folder, name)),
)
const lazilyImported = path =>
  [...readFileSync(path, 'utf8').matchAll(/import\('(\.[^']+)'\)/g)].map(([, name]) => resolve(dirname(path), name))
const beside = new Set([
  ...['runtime/index.ts', 'runtime/testing/index.ts'].map(path => resolve(path)),
  ...sources.flatMap(lazilyImported).filter(path => path !== run),
])
const together = {
  name: 'together',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...asked }) => {
      if (asked.kind !== 'dynamic-import' || pluginData === 'asked') return undefined
      const found = await resolve(path, { ...asked, pluginData: 'asked' })
      if (/\.mjs$|\/esm\/.*\.js$/.test(found.path)) beside.add(found.path)
      return found
    })
    onLoad({ filter: /\.(tsx?|m?js)$/ }, ({ path }) => {
      if (!beside.has(path)) return undefined
      const contents = `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(run)}\n`
      return { contents, loader: /\.tsx?$/.exec(path)?.[0].slice(1) ?? 'js' }
    })
  },
}

/**
 * Sources that a short replay does not come to need, and that are called in the middle of something, where nobody could
 * wait for an import: each is a file of its own, which is loaded when one of its functions is called.
 */
const lateSources = [
  'runtime/cassette/file/create.ts',
  'runtime/cassette/file/whole.ts',
  'runtime/cassette/file/yaml-any.ts',
  'runtime/cassette/match/explain.ts',
  'runtime/cassette/match/difference.ts',
  'runtime/cassette/play/delivery.ts',
  'runtime/cassette/play/record.ts',
  'runtime/cassette/redact/redact.ts',
  'runtime/cassette/redact/secrets.ts',
  'runtime/policy/permissions.ts',
  'tools/filesystem.ts',
  'tools/mcp/toolset.ts',
  'tools/shell.ts',
]
const lateEntries = Object.fromEntries(
  lateSources.map(path => [`chunks/late-${path.replace(/\.ts$/, '').replaceAll('/', '-')}`, path]),
)
/** Its functions: nothing else can be had late. */
const functionsIn = path => {
  const exported = [...readFileSync(path, 'utf8').matchAll(/^export const (\w+)[^=]* =\s+(async )?([<(])?/gm)]
  return exported.map(([, name, , begins]) => {
    if (begins) return name
    throw new Error(`${name} of ${path} is no function, so the file cannot be loaded late`)
  })
}
const lateByPath = new Map(Object.entries(lateEntries).map(([entry, path]) => [resolve(path), { entry, path }]))
for (const path of lateByPath.keys()) beside.add(path)
const late = {
  name: 'late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      const found = resolve(resolveDir, path)
      return kind === 'import-statement' && lateByPath.has(found) ? { path: found, namespace: 'late' } : undefined
    })
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
      const { entry, path: source } = lateByPath.get(path)
      const load = `process.getBuiltinModule('node:module').createRequire(import.meta.url)('./${entry.slice('chunks/'.length)}.js')`
      const names = functionsIn(source).map(name => `export const ${name} = (...given) => late().${name}(...given)`)
      return { contents: `let loaded\nconst late = () => (loaded ??= ${load})\n${names.join('\n')}` }
    })
  },
}

/** Of the schema of agent files, a run needs what checks them, and not what explains them. */
const bareSchema = {
  name: 'bare-schema',
  setup({ onLoad }) {
    onLoad({ filter: /agent-schema\.json$/ }, ({ path }) => {
      const isWord = (key, value) => ['$comment', 'title', 'description'].includes(key) && typeof value === 'string'
      const bare = JSON.parse(readFileSync(path, 'utf8'), (key, value) => (isWord(key, value) ? undefined : value))
      return { contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(bare))})`, loader: 'js' }
    })
  },
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * Everything is bundled, and split where the sources import lazily: a replay then loads a few small files, and an
 * installed package needs no other. The licences of what is bundled go along. What an earlier build left is removed
 * last, so that a command that is just running finds its files.
 */
const { metafile } = await build({
  entryPoints: {
    reprise: 'runtime/cli/reprise.ts',
    index: 'runtime/index.ts',
    test: 'runtime/testing/index.ts',
    ...lateEntries,
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  metafile: true,
  format: 'esm',
  jsx: 'automatic',
  platform: 'node',
  target: 'node24',
  // Node 24 has it, which esbuild does not know.
  supported: { using: true },
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [lean, bareSchema, late, together],
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  // React is twice as slow where it is being developed with; Ink's developer tools are for those who develop Ink.
  define: {
    REPRISE_VERSION: JSON.stringify(version),
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': 'undefined',
  },
  external: ['react-devtools-core'],
  // Packages in the old module format call `require` for what Node brings; a real one takes milliseconds to make.
  banner: { js: 'const require = name => process.getBuiltinModule(name);' },
  logLevel: 'warning',
})
/** Scripts of models run in a thread of their own, which is a program of its own, and loads nothing of ours. */
const sandbox = await build({
  entryPoints: { sandbox: 'tools/code/sandbox.ts' },
  outdir: 'dist',
  bundle: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  banner: { js: 'const require = name => process.getBuiltinModule(name);' },
  logLevel: 'warning',
})
// The engine lies beside whoever loads it.
const variant = createRequire(createRequire(import.meta.url).resolve('quickjs-emscripten')).resolve(
  '@jitl/quickjs-wasmfile-release-sync/wasm',
)
copyFileSync(variant, 'dist/emscripten-module.wasm')

/**
 * In front of the file that holds all of a run esbuild puts one that only hands on its names, and one with helpers that
 * nobody there needs. To find and load a file costs most of a millisecond.
 */
const isEntry = entry => path => metafile.outputs[path].entryPoint === entry
const front = Object.keys(metafile.outputs).find(isEntry('runtime/cli/plain.ts'))
const whole = metafile.outputs[front].imports.find(({ path }) => metafile.outputs[path].bytes > 100_000).path
const start = readFileSync('dist/reprise.js', 'utf8')
  .replace(front.slice('dist/'.length), whole.slice('dist/'.length))
  .replace(/^import".\/chunks\/chunk-\w+\.js";/m, '')
writeFileSync('dist/reprise.js', start)
chmodSync('dist/reprise.js', 0o755)
const outputs = { ...metafile.outputs, ...sandbox.metafile.outputs }
const written = new Set(Object.keys(outputs).map(path => path.slice('dist/'.length)))
for (const path of readdirSync('dist', { recursive: true })) {
  if (path.endsWith('.js') && !written.has(path)) rmSync(`dist/${path}`)
}

// Which sources went into which file: a test looks at what a replay loads.
writeFileSync('dist/.bundle.json', JSON.stringify(outputs))

const packages = [
  ...new Set(
    [...Object.keys(metafile.inputs), ...Object.keys(sandbox.metafile.inputs)].flatMap(
      path => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [],
    ),
  ),
].sort()
const licenceOf = name => {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'license.md']) {
    try {
      return readFileSync(`node_modules/${name}/${file}`, 'utf8')
    } catch {}
  }
  return (
    readFileSync(`node_modules/${name}/package.json`, 'utf8').match(/"license":\s*"([^"]+)"/)?.[1] ?? 'no licence given'
  )
}
writeFileSync(
  'dist/THIRD-PARTY-LICENSES.txt',
  packages.map(name => `${name}\n\n${licenceOf(name)}\n`).join('\n----\n\n'),
)
