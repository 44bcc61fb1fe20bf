import { inOrder, type OpenOptions, open, type RunEvent } from '../../runtime/index.ts'

/** A conversation as it was told: its events in the order of telling, a line each, and what its end said. */
export type Conversed = {
  readonly events: readonly RunEvent[]
  readonly lines: string
  readonly failure: unknown
  readonly notices: readonly string[]
  readonly closing: unknown
}

export type Way = Partial<OpenOptions> & {
  readonly folder: string
  readonly agent: string
  readonly messages?: readonly string[]
  readonly signal?: AbortSignal
  /** Called for each event as it happens, before it is put in order. */
  readonly heard?: (event: RunEvent) => void
  /** Called for each event when it is told. */
  readonly told?: (event: RunEvent) => void
}

/** Says the messages, a turn each, and closes. A Failure of the run is part of the result. */
export const conversed = async ({
  folder,
  agent,
  messages = ['Go.'],
  signal = new AbortController().signal,
  heard = () => undefined,
  told = () => undefined,
  ...way
}: Way): Promise<Conversed> => {
  const notices: string[] = []
  const conversation = await open({
    source: { path: 'agent.yaml', text: agent },
    env: {},
    home: '/home/somebody',
    workingDirectory: folder,
    cassettesFrom: folder,
    models: [],
    promptFiles: [],
    strict: true,
    yolo: false,
    person: async () => ({ verdict: 'no' }),
    notice: text => notices.push(text),
    fetch,
    now: () => new Date('2026-11-26T10:00:00Z'),
    ...way,
  })
  const events: RunEvent[] = []
  let failure: unknown
  try {
    for (const text of messages) {
      const happening = listened(conversation.say([{ type: 'text', text }], signal), heard)
      for await (const event of inOrder(happening)) {
        events.push(event)
        told(event)
      }
    }
  } catch (error) {
    failure = error
  }
  const closing = await conversation.close(failure)
  return {
    events,
    lines: events.map(event => JSON.stringify(event)).join('\n'),
    failure: failure ?? closing.failure,
    notices: [...notices, ...closing.notices],
    closing,
  }
}

async function* listened(events: AsyncIterable<RunEvent>, heard: (event: RunEvent) => void) {
  for await (const event of events) {
    heard(event)
    yield event
  }
}
