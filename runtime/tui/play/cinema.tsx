import { useApp, useInput, useWindowSize } from 'ink'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Booth, Leaving } from '../../team/theater.ts'
import { ended, stopped } from '../job.ts'
import { Rows } from '../view/lines.tsx'
import type { Look } from '../view/look.ts'
import { editorAt } from './editor-at.ts'
import { playerKey } from './keyboards.ts'
import { interactionAt, type Pressed } from './keys.ts'
import { moreLines, pageKey, pageLines, pageOf, pictureOf } from './picture.ts'
import { at, atBeginning, later, type Player } from './player.ts'
import type { Reel } from './reel.ts'

type CinemaProps = {
  readonly booth: Booth
  readonly reel: Reel
  readonly look: Look
  readonly leave: (leaving: Leaving) => void
}

/** Milliseconds between two pictures: faster than eyes. */
const glance = 40

export const Cinema = ({ booth, reel, look, leave }: CinemaProps): ReactNode => {
  const [player, setPlayer] = useState<Player>(() => beginning(booth, reel))
  const size = useWindowSize()
  const pages = usePages(booth, player, Math.max(20, size.columns - 1))
  useClock(player.isPlaying, passed => setPlayer(now => later(now, passed, reel)))
  // Keys that come at once are of one look at the film: each sees what those before did.
  const latest = useRef(player)
  latest.current = player
  const show = (next: Player): void => {
    latest.current = next
    setPlayer(next)
  }
  const { suspendTerminal } = useApp()
  const here = {
    reel,
    page: pageOf(size),
    more: (now: Player) => moreLines(now, size, { reel, pages }),
    lines: (now: Player) => pageLines(now, Math.max(20, size.columns - 1), pages),
  }
  const acts: Readonly<Record<Exclude<Pressed, Player>, () => void>> = {
    quit: () => leave({}),
    fork: () => {
      const forkAt = reel.frameAt(latest.current.place)
      leave({ ...(forkAt && { forkAt }) })
    },
    stop: () => void suspendTerminal(stopped),
    copy: () => show({ ...latest.current, note: copied(booth, interactionAt(latest.current, reel)) }),
    edit: () => {
      const command = editorAt(booth, interactionAt(latest.current, reel))
      const told = (code: number | null) => {
        if (code !== 0) show({ ...latest.current, note: `The editor did not come up: ${command[2]}` })
      }
      void suspendTerminal(async () => told(await ended(command, booth.env)))
    },
  }
  useInput((input, key) => {
    const pressed = playerKey(latest.current, input, key, here)
    if (typeof pressed === 'string') acts[pressed]()
    else show(pressed)
  })
  return <Rows look={look} lines={pictureOf(player, size, { reel, pages, name: booth.name })} />
}

/** The request goes to the clipboard by way of the terminal (OSC 52), also from afar; gives what is said about it. */
const copied = ({ curl, stdout }: Booth, interaction: number): string => {
  const command = curl(interaction)
  if (command === undefined) return `Interaction ${interaction} is not a call to a model, so curl cannot send it.`
  stdout.write(`\x1b]52;c;${Buffer.from(command).toString('base64')}\x07`)
  return `Interaction ${interaction} is on the clipboard, as curl.`
}

const beginning = ({ speed, at: place }: Booth, reel: Reel): Player => {
  const player = { ...atBeginning, speed }
  return place === undefined ? player : at(player, place === 0 ? 0 : reel.placeOf(place), reel)
}

/** Tells how many milliseconds have passed, while the film plays. */
const useClock = (isRunning: boolean, tick: (passed: number) => void): void => {
  const told = useRef(tick)
  told.current = tick
  useEffect(() => {
    if (!isRunning) return undefined
    let before = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      told.current(now - before)
      before = now
    }, glance)
    return () => clearInterval(timer)
  }, [isRunning])
}

/** The text of each interaction that was looked at, read when it is. */
const usePages = ({ inspect }: Booth, player: Player, width: number): ReadonlyMap<string, string> => {
  const [pages, setPages] = useState<ReadonlyMap<string, string>>(new Map())
  const { mode, shown, view } = player
  const key = pageKey(player, width)
  useEffect(() => {
    if (mode !== 'inspect' || pages.has(key)) return
    void inspect(shown, { width, view })
      .catch((error: unknown) => String(error))
      .then(text => setPages(known => new Map(known).set(key, text)))
  }, [mode, key, pages, inspect, shown, width, view])
  return pages
}
