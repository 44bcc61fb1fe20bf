import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DockerServer, McpWorld } from './config.ts'
import { type Command, StdioTransport } from './stdio.ts'
import { ServerFailure } from './words.ts'

/**
 * A server of Docker's catalog, behind Docker's own gateway. Its configuration and its secrets, which are the variables
 * with a dot in their names, go there in files that only we may read and that go with the server.
 */
export const dockerTransport = async (
  { server, config, env }: DockerServer,
  world: McpWorld,
): Promise<StdioTransport> => {
  const entries = Object.entries(env)
  const secrets = entries.filter(([name]) => name.includes('.'))
  const variables = Object.fromEntries(entries.filter(([name]) => !name.includes('.')))
  const folder = config || secrets.length > 0 ? await mkdtemp(join(tmpdir(), 'reprise-mcp-')) : undefined
  const put = async (name: string, content: string): Promise<string> => {
    const path = join(folder ?? '', name)
    await writeFile(path, content, { mode: 0o600 })
    return path
  }
  const args = ['mcp', 'gateway', 'run', `--servers=${server}`]
  // JSON is YAML.
  if (config) args.push(`--config=${await put('config.yaml', JSON.stringify({ [server]: config }))}`)
  if (secrets.length > 0) {
    const lines = secrets.map(([name, value]) => `${name}=${value.replace(/[\r\n]/g, '')}\n`).join('')
    args.push(`--secrets=docker-desktop:${await put('secrets.env', lines)}`)
  }
  const command = { command: 'docker', args, env: { ...world.env, ...variables }, cwd: world.workingDirectory }
  return new GatewayTransport(command, world.groups, folder)
}

class GatewayTransport extends StdioTransport {
  readonly #folder: string | undefined

  constructor(command: Command, groups: McpWorld['groups'], folder: string | undefined) {
    super(command, groups)
    this.#folder = folder
  }

  override async close(): Promise<void> {
    await super.close()
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }
}

/** What is missing of Docker, where that is why a server cannot be used. */
export const withoutDocker = (failure: ServerFailure, server: string, errors: string): ServerFailure => {
  const needs = `docker:${server} runs in Docker's MCP gateway`
  if ((failure.cause as { code?: unknown } | undefined)?.code === 'ENOENT')
    return new ServerFailure(
      `${needs}, and there is no Docker here. Install it, or name the server by \`command\` or \`remote\`.`,
      { isFinal: true, cause: failure },
    )
  if (!/is not a docker command|unknown (command|flag|shorthand)/.test(errors)) return failure
  return new ServerFailure(
    `${needs}, and this Docker has none. Docker Desktop brings it, or install the plugin docker-mcp.`,
    { isFinal: true, cause: failure },
  )
}
