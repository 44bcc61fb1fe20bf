import type { Border, Setting } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import type { Agent, Team } from '../loop/agent.ts'
import { neutral } from './neutral.ts'
import { type Session, sessionOf } from './session.ts'
import type { History } from './sessions/history.ts'
import type { Settings, Tuning } from './tuning.ts'

type Ground = {
  readonly team: Team
  readonly border: Border
  readonly notice: (text: string) => void
  /** What was said before, looked at when it is spoken to first. */
  readonly history: () => Promise<History>
  readonly tuning: Tuning
  readonly settings: Settings
}

/** Who has the floor in a conversation, and what was said in it. */
export class Floor {
  readonly messages: Message[] = []
  agent: Agent | undefined
  session: Session | undefined
  readonly #ground: Ground
  #turns = 0
  #isBegun = false
  #isAsked = false

  constructor(ground: Ground, speaker: string) {
    this.#ground = ground
    this.agent = ground.team.get(speaker)
  }

  /** With what was said before, which is known from then on. */
  async begun(): Promise<void> {
    if (this.#isBegun) return
    this.#isBegun = true
    const { history, team } = this.#ground
    const { messages, agent } = await history()
    this.messages.push(...messages)
    if (agent !== undefined && !this.#isAsked) this.agent = team.get(agent) ?? this.agent
  }

  /** Somebody else speaks, or in another way, from the next turn on. Throws a Failure where that cannot be. */
  set(setting: Setting): void {
    const { team, settings } = this.#ground
    if (setting.agent !== undefined && !team.has(setting.agent)) throw nobody(setting.agent, team)
    settings.set(setting)
    this.#apply(setting)
  }

  /** A turn begins: with what was set before it, here or in the recording that is played back. */
  async turn(): Promise<Session> {
    await this.begun()
    const { border, notice, settings } = this.#ground
    this.#turns += 1
    const ask = {
      caller: { agent: this.agent?.name ?? '', lane: 'root' },
      name: 'user',
      turn: this.#turns,
    } as const
    const next = () => border.perform('setting', ask, async () => settings.next())
    for (let setting = await next(); setting; setting = await next()) this.#apply(setting)
    this.session ??= sessionOf(this.agent, { border, notice })
    return this.session
  }

  #apply(setting: Setting): void {
    const { team, tuning } = this.#ground
    tuning.set(setting)
    if (setting.models) this.messages.splice(0, this.messages.length, ...this.messages.map(neutral))
    if (setting.agent === undefined) return
    this.#isAsked = true
    this.agent = team.get(setting.agent) ?? this.agent
  }
}

const nobody = (name: string, team: Team): Failure =>
  new Failure('usage', `There is no agent ${name} in this file.`, {
    hint: `The agents are: ${[...team.keys()].join(', ')}.`,
  })
