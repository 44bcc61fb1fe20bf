import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { droppedIn } from '../runtime/tui/input/dropped.ts'
import { helloAgent, toolAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave, said } from './support/screen.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
)

test.each([
  ['/a/b.png', ['/a/b.png']],
  ["'/a/my shot.png' ", ['/a/my shot.png']],
  ['"/a/my \\"shot\\".JPG"', ['/a/my "shot".JPG']],
  ['/a/my\\ shot.png /b.gif', ['/a/my shot.png', '/b.gif']],
  ['/a/my shot.png', ['/a/my shot.png']],
  ['file:///a/my%20shot.webp\r\n/b.jpeg', ['/a/my shot.webp', '/b.jpeg']],
  ['~/b.png', ['/home/me/b.png']],
  ["/a/it's.png", ["/a/it's.png"]],
  ['look at /a/b.png', undefined],
  ['/a/b.txt', undefined],
  ["'/a/b.png", undefined],
  ['', undefined],
])('%j names the files %j', (text, paths) => {
  expect(droppedIn(text, '/home/me')).toEqual(paths)
})

test('however a path is quoted, it is the path', () => {
  const paths = fc.string({ unit: fc.constantFrom(...'ab \'"\\$`(é漢&;#'), minLength: 1 }).map(name => `/x/${name}.png`)
  const quoted = fc.tuple(paths, fc.constantFrom(0, 1, 2)).map(([path, how]) => ({
    path,
    text:
      how === 0
        ? `'${path.replaceAll("'", `'\\''`)}'`
        : how === 1
          ? path.replace(/[^\w/.]/g, '\\$&')
          : pathToFileURL(path).href.replaceAll("'", '%27'),
  }))
  fc.assert(
    fc.property(fc.array(quoted, { minLength: 1, maxLength: 4 }), all => {
      expect(droppedIn(all.map(({ text }) => text).join(' '))).toEqual(all.map(({ path }) => path))
    }),
  )
})

test('images that are dropped are named in the input, taken out like a letter, sent, recorded and played back', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'A dot.' }], ['--record=tape'])
  for (const name of ['my shot.png', 'other.png']) writeFileSync(join(terminal.folder, name), png)
  await terminal.waitFor(idle)
  terminal.write(`Look:${keys.paste(`'${terminal.folder}/my shot.png' ${terminal.folder}/other.png`)}`)
  await terminal.waitFor(/> Look: \[my shot\.png\] \[other\.png\]\nask/)
  terminal.write(keys.backspace)
  await terminal.waitFor(/> Look: \[my shot\.png\]\nask/)
  rmSync(join(terminal.folder, 'other.png'))
  terminal.write(keys.paste(`${terminal.folder}/other.png`))
  await terminal.waitFor(/> Look: \[my shot\.png\] \S+other\.png\nask/)
  terminal.write('\x17')
  await terminal.waitFor(/> Look: \[my shot\.png\]\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/> Look: \[my shot\.png\]\n\nA dot\.\n\n>\nask/)
  expect(said(terminal, 1)).toContain('Look: [my shot.png]')
  expect(said(terminal, 1)).toContain(`data:image/png;base64,${png.toString('base64')}`)
  expect(said(terminal, 1)).not.toContain('other.png')
  await leave(terminal)

  rmSync(join(terminal.folder, 'my shot.png'))
  renameSync(join(terminal.folder, 'agent.yaml'), join(terminal.folder, 'gone.yaml'))
  const replayed = await reprise(['replay', 'tape'], { cwd: terminal.folder })
  expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining('A dot.') })
})

test('an image of a message that waits, or is taken back, comes back into the input with it', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'One.' }, { text: 'Two.' }])
  writeFileSync(join(terminal.folder, 'dot.png'), png)
  await terminal.waitFor(idle)
  terminal.write(`${keys.paste(join(terminal.folder, 'dot.png'))}what?${keys.enter}`)
  await terminal.waitFor(/> \[dot\.png\]what\?\n\nOne\./)
  terminal.write(`/undo${keys.enter}`)
  await terminal.waitFor(/> \[dot\.png\]what\?\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Two\.\n\n>\nask/)
  expect(said(terminal, 2)).toContain('data:image/png')
  await leave(terminal)
})

test('Ctrl+V takes an image from the clipboard, and says what is missing', async () => {
  const env = { PATH: `bin:${process.env['PATH']}`, DISPLAY: ':9', WAYLAND_DISPLAY: '', WSL_DISTRO_NAME: '' }
  await using terminal = await atScreen(helloAgent, [{ text: 'A dot.' }], [], { env })
  const bin = join(terminal.folder, 'bin')
  mkdirSync(bin)
  await terminal.waitFor(idle)
  terminal.write('\x16')
  await terminal.waitFor(/taken from the clipboard by xclip, which is not here\.\nInstall xclip\./)
  const helper = (script: string) => {
    writeFileSync(join(bin, 'xclip'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, 'xclip'), 0o755)
  }
  helper('echo "Error: target image/png not available" >&2; exit 1')
  terminal.write('\x16')
  await terminal.waitFor('There is no image on the clipboard.')
  writeFileSync(join(terminal.folder, 'dot.png'), png)
  helper('cat dot.png')
  terminal.write('\x16')
  await terminal.waitFor(/> \[clipboard\.png\]\nask/)
  terminal.write(`what?${keys.enter}`)
  await terminal.waitFor(/A dot\.\n\n>\nask/)
  expect(said(terminal, 1)).toContain(png.toString('base64'))
  await leave(terminal)
})

test('what a model does not read, and what its provider refuses, is told beforehand', async () => {
  const blind = helloAgent.replace('gpt-4o-mini', 'gpt-3.5-turbo')
  await using terminal = await atScreen(blind, [])
  writeFileSync(join(terminal.folder, 'dot.png'), png)
  writeFileSync(join(terminal.folder, 'page.png'), '<html>')
  await terminal.waitFor(idle)
  terminal.write(keys.paste('page.png'))
  await terminal.waitFor(/page\.png is not what it is called[\s\S]*> page\.png\nask/)
  terminal.write(`\x15${keys.paste('dot.png')}`)
  await terminal.waitFor(/gpt-3\.5-turbo reads no images, as far as is known[\s\S]*> \[dot\.png\]\nask/)
  terminal.write(keys.backspace)
  await terminal.waitFor(idle)
  await leave(terminal)

  await using large = await atScreen(toolAgent, [])
  writeFileSync(join(large.folder, 'large.png'), Buffer.concat([png, Buffer.alloc(8 * 1024 * 1024)]))
  await large.waitFor(idle)
  large.write(keys.paste('large.png'))
  await large.waitFor(/large\.png has 8\.0 MB; anthropic\/claude-sonnet-4-0 takes images of at most 7\.5 MB\./)
  large.write(`\x15see @large.png please${keys.enter}`)
  await large.waitFor(/at most 7\.5 MB[\s\S]*at most 7\.5 MB[\s\S]*> see @large\.png please\nask/)
  expect(readFileSync(join(large.folder, 'large.png'))).toHaveLength(png.length + 8 * 1024 * 1024)
  large.write('\x15')
  await large.waitFor(idle)
  await leave(large)
})
