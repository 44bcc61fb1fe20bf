import { spawnSync } from 'node:child_process'

/**
 * `npm run bench` measures all of it, `npm run bench -- start screen` some, `npm run bench -- start 50` in so many rounds.
 * `peers` installs other products, and is measured only when it is asked for.
 */
const ours = ['start', 'screen', 'mcp', 'cassettes', 'sessions', 'teams']
const known = [...ours, 'peers']

const given = process.argv.slice(2)
const numbers = given.filter(word => /^\d+$/.test(word))
const names = given.filter(word => !numbers.includes(word))
const unknown = names.find(name => !known.includes(name))
if (unknown !== undefined) {
  console.error(`There is no ${unknown} to measure; there are: ${known.join(', ')}.`)
  process.exit(2)
}
// What a number counts differs: it is for those that were named.
const rounds = names.length > 0 ? numbers : []
for (const name of names.length > 0 ? names : ours) {
  const { status } = spawnSync(process.execPath, [`test/bench/${name}.ts`, ...rounds], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
