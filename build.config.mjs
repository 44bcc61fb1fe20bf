import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
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
const lateNode = { 'node:crypto': ['createHash', 'hash'], 'node:util': ['isDeepStrictEqual'] }
const lateModule = path =>
  lateNode[path]
    .map(name => `export const ${name} = (...given) => process.getBuiltinModule('${path}').${name}(...given)`)
    .join('\n')

const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      if (path in leanNode && importer.includes('node_modules/commander/')) return { path, namespace: 'lean' }
      if (path in lateNode && !importer.includes('node_modules/')) return { path, namespace: 'late' }
      return undefined
    })
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: leanNode[path] }))
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ contents: lateModule(path) }))
  },
}

/**
 * A run shall be one file, since each costs a third of a millisecond and more to find and to load. esbuild cuts by who
 * needs what: so whatever is loaded beside a run says that it needs all of it, and nothing is cut off. Only main.ts,
 * which has help and the version, goes without.
 */
const run = resolve('runtime/cli/plain.ts')
const beside = new Set(['runtime/index.ts', 'runtime/testing/index.ts'].map(path => resolve(path)))
const isBeside = path => /\.(ts|mjs)$|\/esm\/.*\.js$/.test(path) && !/\/cli\/(main|plain)\.ts$/.test(path)
const together = {
  name: 'together',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...asked }) => {
      if (asked.kind !== 'dynamic-import' || pluginData === 'asked') return undefined
      const found = await resolve(path, { ...asked, pluginData: 'asked' })
      if (found.namespace === 'file' && isBeside(found.path)) beside.add(found.path)
      return found
    })
    onLoad({ filter: /\.(ts|m?js)$/ }, ({ path }) => {
      if (!beside.has(path)) return undefined
      const contents = `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(run)}\n`
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' }
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
  entryPoints: { reprise: 'runtime/cli/reprise.ts', index: 'runtime/index.ts', test: 'runtime/testing/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  metafile: true,
  format: 'esm',
  jsx: 'automatic',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [lean, together],
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
