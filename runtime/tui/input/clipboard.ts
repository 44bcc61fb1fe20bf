import { execFile } from 'node:child_process'
import { Failure } from '../../core/errors.ts'
import type { Stage } from '../../team/screen.ts'

/** A program that gives the image of a clipboard, as PNG on its standard output, or encoded there. */
type Helper = {
  readonly command: readonly [program: string, ...args: string[]]
  readonly decode: (output: Buffer) => Buffer
  /** What to install where it is missing. */
  readonly install: string
}

const plainly = (output: Buffer): Buffer => output

const wayland: Helper = {
  command: ['wl-paste', '--no-newline', '--type', 'image/png'],
  decode: plainly,
  install: 'Install wl-clipboard, which brings wl-paste.',
}
const x11: Helper = {
  command: ['xclip', '-selection', 'clipboard', '-target', 'image/png', '-out'],
  decode: plainly,
  install: 'Install xclip.',
}
const mac: Helper = {
  command: ['osascript', '-e', 'the clipboard as «class PNGf»'],
  decode: output => Buffer.from(/«data PNGf([0-9A-F]*)»/i.exec(output.toString())?.[1] ?? '', 'hex'),
  install: 'osascript belongs to macOS: it should be in /usr/bin.',
}
const script = `Add-Type -AssemblyName System.Windows.Forms
$image = [Windows.Forms.Clipboard]::GetImage()
if ($image) { $stream = New-Object IO.MemoryStream
$image.Save($stream, [Drawing.Imaging.ImageFormat]::Png)
[Convert]::ToBase64String($stream.ToArray()) }`
const windows: Helper = {
  command: ['powershell.exe', '-NoProfile', '-STA', '-Command', script],
  decode: output => Buffer.from(output.toString().trim(), 'base64'),
  install: 'powershell.exe belongs to Windows: it should be in the PATH.',
}

/** Whose clipboard it is; nothing where there is no desktop, as at the other end of ssh. */
const helperFor = (platform: NodeJS.Platform, env: Stage['env']): Helper | undefined => {
  if (platform === 'darwin') return mac
  if (platform === 'win32' || env['WSL_DISTRO_NAME']) return windows
  if (env['WAYLAND_DISPLAY']) return wayland
  return env['DISPLAY'] ? x11 : undefined
}

const largest = 64 * 1024 * 1024
/** Milliseconds after which a helper hangs, as one does whose display is gone. */
const patience = 5000

/** The image that is on the clipboard, nothing where there is none. Throws a Failure that says what is missing. */
export const clipboardImage = async (
  env: Stage['env'],
  platform: NodeJS.Platform = process.platform,
): Promise<Buffer | undefined> => {
  const helper = helperFor(platform, env)
  if (!helper) {
    throw new Failure('usage', 'There is no clipboard here: no display is known to this terminal.', {
      hint: 'Save the image in a file, and paste its path, or say /attach and the path.',
    })
  }
  const [program, ...args] = helper.command
  const output = await new Promise<Buffer>((resolve, reject) => {
    execFile(program, args, { env, encoding: 'buffer', maxBuffer: largest, timeout: patience }, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code !== 'ENOENT') return resolve(stdout)
      reject(
        new Failure('usage', `Images are taken from the clipboard by ${program}, which is not here.`, {
          hint: `${helper.install} Or save the image in a file, and paste its path.`,
        }),
      )
    })
  })
  const image = helper.decode(output)
  return image.length === 0 ? undefined : image
}
