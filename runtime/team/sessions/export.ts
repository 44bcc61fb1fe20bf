import { escaped } from '../../cassette/report/html.ts'
import { markdown } from '../../cassette/report/markdown.ts'
import type { SessionRecord, StoredEvent } from '../../core/session.ts'
import { pageOf } from '../../session/export/html.ts'
import { markdownOf } from '../../session/export/markdown.ts'
import { outlineOf } from '../../session/outline.ts'
import type { OpenOptions } from '../open.ts'
import { redactionFor } from '../settings/redaction.ts'
import { settingsFor } from '../settings/settings-read.ts'
import { version } from '../version.ts'
import { knowingDamage, openSessions, type Place } from './sessions.ts'

type Whole = { readonly record: SessionRecord; readonly events: readonly StoredEvent[] }

const formats = {
  html: ({ record, events }: Whole) =>
    pageOf(outlineOf(record, events), { escaped, markdown: text => markdown(text).html }),
  markdown: ({ record, events }: Whole) => markdownOf(outlineOf(record, events)),
  json: ({ record, events }: Whole) => `${JSON.stringify({ reprise: version, session: record, events }, null, 2)}\n`,
}
export type SessionFormat = keyof typeof formats

type Surroundings = Pick<OpenOptions, 'env' | 'home' | 'workingDirectory'>

/** A session for others: without credentials, and with placeholders for the places of this machine, as in a cassette. */
export const exportedSession = async (
  name: string,
  format: SessionFormat,
  { place, env, home, workingDirectory }: Surroundings & { readonly place: Place },
): Promise<string> => {
  using store = await openSessions(place)
  const whole = knowingDamage(place, (): Whole => ({ record: store.read(name), events: [...store.events(name)] }))
  const there = whole.record.workingDirectory || workingDirectory
  const { redactorFor } = redactionFor({ env, home, workingDirectory: there }, settingsFor(workingDirectory))
  return formats[format](redactorFor().json(whole as never) as unknown as Whole)
}
