import { basename } from 'node:path'
import type { Booth } from '../../team/theater.ts'

/** Editors that want the line behind the name of the file; all others are given it before, as `+12`. */
const behind = ['code', 'code-insiders', 'codium', 'cursor', 'windsurf', 'subl', 'zed', 'hx', 'helix']
/** Those of them that come back at once, unless they are told to wait, and what else they want to hear. */
const told: Readonly<Record<string, string>> = { subl: '--wait', zed: '--wait', hx: '', helix: '' }

/** The command that opens the cassette in the user's editor where an interaction begins. */
export const editorAt = ({ env, film, lineOf }: Booth, interaction: number): readonly string[] => {
  const program = env['VISUAL'] || env['EDITOR'] || 'vi'
  const name = basename(program.split(' ')[0] ?? '')
  const { path } = film.cassette
  const line = lineOf(interaction)
  const command = behind.includes(name)
    ? `${program} ${told[name] ?? '--wait --goto'} "$1:$2"`
    : `${program} "+$2" "$1"`
  return ['/bin/sh', '-c', command, name, path, `${line}`]
}
