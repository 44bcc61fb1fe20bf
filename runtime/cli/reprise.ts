#!/usr/bin/env node
// Not by name: an old Node refuses a file that asks for a name it lacks, before a line of it runs.
import * as nodeModule from 'node:module'

/**
 * The installed command. It does two things before anything else is loaded: refuse a Node that is too old in words,
 * and switch on Node's cache of compiled code, which saves a third of the time to start.
 */
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `reprise needs Node 24 or newer; this is Node ${process.versions.node}. Inside a clone, \`npx reprise\` brings its own; elsewhere install a newer Node.\n`,
  )
  process.exit(2)
}
nodeModule.enableCompileCache()
const argv = process.argv.slice(2)
const isRun = argv[0] === 'run' || argv[0] === 'exec'
const exit = isRun ? await (await import('./plain.ts')).plainly(argv) : undefined
process.exitCode = exit ?? (await (await import('./main.ts')).main(argv))
