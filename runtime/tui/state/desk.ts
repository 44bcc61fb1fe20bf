import type { Stage } from '../../team/screen.ts'
import type { Sessions } from '../../team/sessions/sessions.ts'
import type { Files } from '../input/files.ts'
import type { HistoryFile } from '../input/history.ts'
import type { UserShell } from '../input/shell.ts'
import type { Tty } from '../tty.ts'
import type { Looks } from '../view/looks.ts'
import type { Driver } from './driver.ts'
import type { Watched } from './watched.ts'

/** All that a key or a command can work with. */
export type Desk = {
  readonly store: Watched
  readonly driver: Driver
  readonly history: HistoryFile
  readonly files: Files
  readonly looks: Looks
  readonly tty: Tty
  readonly shell: UserShell
  readonly sessions: Sessions | undefined
  readonly workingDirectory: string
  readonly env: Stage['env']
  /** Keeps what was chosen for the next time. */
  readonly prefer: Stage['prefer']
}
