#!/usr/bin/env node
// Not by name: an old Node refuses a file that asks for a name it lacks, before a line of it runs.
import * as nodeModule from 'node:module'

/** Put here by the build. */
declare const REPRISE_VERSION: string

/**
 * The installed command. It does three things before anything else is loaded: refuse a Node that is too old in words,
 * tell the version, and switch on Node's cache of compiled code, which saves a third of the time to start.
 */
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `reprise needs Node 24 or newer; this is Node ${process.versions.node}. Inside a clone, \`npx reprise\` brings its own; elsewhere install a newer Node.\n`,
  )
  process.exit(2)
}
const argv = process.argv.slice(2)
const isRun = argv[0] === 'run' || argv[0] === 'exec'
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return
    process.stderr.write(`Standard output cannot be written: ${code}.\n`)
    process.exitCode = 1
  })
  process.stdout.write(`${REPRISE_VERSION}\n`)
} else {
  nodeModule.enableCompileCache()
  const exit = isRun ? await (await import('./plain.ts')).plainly(argv) : undefined
  process.exitCode = exit ?? (await (await import('./main.ts')).main(argv))
}
