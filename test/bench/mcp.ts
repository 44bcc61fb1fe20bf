import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { callOf, nodeServer, serverPath, signal } from '../support/mcp.ts'

/**
 * What MCP costs: starting servers side by side, as ratios to starting one with the bare SDK, and calling a tool, as a
 * ratio to calling it with the bare SDK. `node test/bench/mcp.ts 20` runs 20 rounds.
 */
const rounds = Number(process.argv[2] ?? 10)
const args = [serverPath('everything')]
const input = { message: 'hi' }

const bare = async (): Promise<Client> => {
  const client = new Client({ name: 'bench', version: '0' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  await client.listTools()
  return client
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.now()
  await work()
  return performance.now() - before
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const started = async (count: number): Promise<number> => {
  await using servers = new AsyncDisposableStack()
  const toolsets = Array.from({ length: count }, () => servers.use(nodeServer(args)))
  return await timed(() => Promise.all(toolsets.map(toolset => toolset.offer(signal))))
}

const starts = new Map<string, number[]>([
  ['the SDK alone, 1 server', []],
  ['1 server', []],
  ['5 servers', []],
  ['10 servers', []],
])
for (let round = 0; round < rounds; round++) {
  let alone: Client | undefined
  const time = await timed(async () => {
    alone = await bare()
  })
  starts.get('the SDK alone, 1 server')?.push(time)
  await alone?.close()
  for (const count of [1, 5, 10]) starts.get(`${count} server${count === 1 ? '' : 's'}`)?.push(await started(count))
}

const client = await bare()
await using toolset = nodeServer(args)
await toolset.offer(signal)
const calls = { bare: [] as number[], ours: [] as number[] }
for (let call = 0; call < 200 * rounds; call++) {
  calls.bare.push(await timed(() => client.callTool({ name: 'echo', arguments: input })))
  calls.ours.push(await timed(() => callOf(toolset, 'echo', input)))
}
await client.close()

const base = median(starts.get('the SDK alone, 1 server') ?? [])
const row = (name: string, time: number, ratio: number): void =>
  console.log(`${name.padEnd(28)} ${time.toFixed(2).padStart(9)} ${ratio.toFixed(2).padStart(7)}`)
console.log(`${''.padEnd(28)}        ms   ratio   (median of ${rounds})`)
for (const [name, times] of starts) row(name, median(times), median(times) / base)
row('a call, the SDK alone', median(calls.bare), 1)
row('a call', median(calls.ours), median(calls.ours) / median(calls.bare))
