import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DockerServer } from '../tools/mcp/config.ts'
import { mcpToolset } from '../tools/mcp/toolset.ts'
import { mcpWorld, namesIn, serverPath, signal } from './support/mcp.ts'
import { temporaryFolder } from './support/temp.ts'

const brave: DockerServer = {
  type: 'docker',
  server: 'brave',
  config: { region: 'north' },
  env: { 'brave.api_key': 'the key of the search', SEARCH_DEPTH: '3' },
}

/** A toolset behind a `docker` that is this script. */
const behind = async (script: string, server: DockerServer = brave) => {
  const folder = await temporaryFolder()
  await mkdir(join(folder.path, 'bin'))
  if (script !== '') {
    await writeFile(join(folder.path, 'bin/docker'), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder.path, 'bin/docker'), 0o755)
  }
  const env = { PATH: `${join(folder.path, 'bin')}${script === '' ? '' : ':/bin:/usr/bin'}`, SEEN: folder.path }
  return { folder, toolset: mcpToolset({ name: 'brave', server }, mcpWorld({ env })) }
}

const leftovers = async () => (await readdir(tmpdir())).filter(name => name.startsWith('reprise-mcp-'))

test('a server of Docker’s catalog is run by its gateway, which gets configuration and secrets in files', async () => {
  const seen =
    'for each; do case $each in --config=*) cat ${each#*=};; --secrets=*) cat ${each#*docker-desktop:}; ls -l ${each#*docker-desktop:};; esac; done > $SEEN/files'
  const { folder, toolset } = await behind(
    `echo "$@" $SEARCH_DEPTH > $SEEN/args; ${seen}; exec '${process.execPath}' '${serverPath('everything')}'`,
  )
  await using _folder = folder
  expect(namesIn(await toolset.offer(signal))).toContain('echo')
  expect(await readFile(join(folder.path, 'args'), 'utf8')).toMatch(
    /^mcp gateway run --servers=brave --config=\S+ --secrets=docker-desktop:\S+ 3\n$/,
  )
  expect(await readFile(join(folder.path, 'files'), 'utf8')).toMatch(
    /^\{"brave":\{"region":"north"\}\}brave\.api_key=the key of the search\n-rw------- /,
  )
  expect(await leftovers()).not.toEqual([])
  await toolset[Symbol.asyncDispose]()
  expect(await leftovers()).toEqual([])
})

test('without Docker it is said what is missing', async () => {
  const { folder, toolset } = await behind('')
  await using _folder = folder
  expect((await toolset.offer(signal)).notices).toEqual([
    "The MCP server brave cannot be used, and its tools are missing: docker:brave runs in Docker's MCP gateway, and there is no Docker here. Install it, or name the server by `command` or `remote`.",
  ])
  expect(await leftovers()).toEqual([])
})

test('with a Docker that has no gateway too', async () => {
  const { folder, toolset } = await behind(`echo "docker: 'mcp' is not a docker command." >&2; exit 1`)
  await using _folder = folder
  expect((await toolset.offer(signal)).notices?.[0]).toMatch(/this Docker has none\. Docker Desktop brings it/)
})

test('with a gateway that fails, its words are shown', async () => {
  const { folder, toolset } = await behind(`echo 'no such server: brave' >&2; exit 1`, {
    type: 'docker',
    server: 'brave',
    env: {},
  })
  await using _folder = folder
  expect((await toolset.offer(signal)).notices?.[0]).toMatch(/exit code 1[\s\S]*no such server: brave/)
})
