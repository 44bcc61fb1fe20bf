import { type Asked, askedIn, indented, isMoment } from './asked.ts'
import { lanesIn } from './lanes.ts'
import { visible } from './layout.ts'
import type { Call, Effect, Lane, Reading, Transcript, Turn } from './transcript.ts'
import { contentText, effectText, readable, silence, verdictOf } from './words.ts'

/**
 * What a reviewer reads of a cassette, for `git diff`: the agent file's name, and in the order in which models asked what
 * each was told, said, called and got back. No ids, times, digests and bytes of the wire: recording an unchanged run
 * anew gives the same text. Lines are broken where the texts have them, so that a changed word is a changed line.
 */
export const reviewText = (transcript: Transcript, reading: Reading): string => {
  const { header } = transcript.cassette
  const teller = tellerOf(askedIn(transcript, reading))
  const head = [
    ['agent file', header.agent?.path],
    ['arguments', header.arguments?.join(' ')],
    ['note', header.note],
  ].flatMap(([name, text]) => (text ? [`${name}: ${text}`] : []))
  return visible(`${[...head, ...transcript.lanes.flatMap(lane => laneParts(lane, teller))].join('\n\n')}\n`)
}

/** Tells with what an agent's model is asked, at its first turn and whenever it changes. */
type Teller = (turn: Turn) => string[]

const tellerOf = (askedOf: (turn: Turn) => Asked): Teller => {
  const told = new Map<string, Asked>()
  return turn => {
    const asked = askedOf(turn)
    const before = told.get(turn.agent)
    told.set(turn.agent, asked)
    const parts = (['instruction', 'tools', 'parameters'] as const).filter(
      part => asked[part] !== (before?.[part] ?? ''),
    )
    return parts.map(part => `${turn.agent || 'the model'}’s ${part}:\n${indented(asked[part] || '(none)')}`)
  }
}

const laneParts = (lane: Lane, teller: Teller): string[] => [
  `== ${lane.lane}`,
  ...lane.items.flatMap(item => {
    if (item.type === 'lane') return laneParts(item, teller)
    return item.type === 'turn' ? turnParts(item, teller) : effectParts(item)
  }),
]

const turnParts = (turn: Turn, teller: Teller): string[] => {
  const { agent, model, said, isSummary, calls, problem } = turn
  const words = [
    ...(said?.reasoning ? [`(thinking)\n${said.reasoning}`] : []),
    ...(said?.text === undefined ? [] : [said.text]),
    ...(problem === undefined ? [] : [`! ${problem}`]),
    ...calls.map(calledText),
    ...(said && said.stop !== 'end' && said.stop !== 'tool-calls' ? [`(${said.stop})`] : []),
  ]
  const text = words.length > 0 ? words.join('\n') : silence(turn)
  return [
    ...teller(turn),
    `${agent || 'the model'} (${model})${isSummary ? ', summing up' : ''}:\n${indented(text)}`,
    ...calls.flatMap(cameParts),
    ...below(turn, teller),
  ]
}

const below = (turn: Turn, teller: Teller): string[] => lanesIn(turn).flatMap(lane => laneParts(lane, teller))

const calledText = ({ name, input }: Call): string => {
  const text = readable(input)
  return text === '{}' ? `→ ${name}` : `→ ${name}\n${indented(text)}`
}

const cameParts = ({ name, permission, question, result }: Call): string[] => [
  ...(permission && verdictOf(permission) !== 'allow' ? [`${name}: ${effectText(permission)}`] : []),
  ...(question ? [`${name}: ${effectText(question)}`] : []),
  ...(result ? [resultText(name, result)] : []),
]

const resultText = (name: string, { answer, problem }: Effect): string =>
  `${name} ${problem === undefined ? 'gives' : `fails (${problem})`}:\n${indented(contentText(answer))}`

const effectParts = (effect: Effect): string[] => {
  if (isMoment(effect)) return [`reads ${effect.name}`]
  const [first = '', ...rest] = effectText(effect).split('\n')
  const text = rest.length === 0 ? first : `${first}\n${indented(rest.join('\n'))}`
  return [effect.problem === undefined ? text : `! ${effect.problem}: ${text}`]
}
