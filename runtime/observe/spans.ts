import { type Context, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Path, RunEvent } from '../core/event.ts'
import { providerNameOf } from './names.ts'

/** Where times are measured, and what was used is counted. */
export type Instruments = {
  readonly tracer: Tracer
  /** Seconds that an operation took. */
  readonly duration: (seconds: number, attributes: Attributes) => void
  readonly tokens: (count: number, attributes: Attributes) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}
export type Attributes = Readonly<Record<string, string | number | boolean | string[]>>

/** Each agent's model, as `provider/model`. */
export type Models = Readonly<Record<string, string | undefined>>

type Open = { readonly span: Span; readonly began: number; readonly attributes: Attributes }

/**
 * Passes events on, and makes spans of them by the conventions for generative AI of OpenTelemetry
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai): `invoke_agent` for each agent, in it `chat` for each answer of a
 * model and `execute_tool` for each call, and in that the agent it was given to. What was said is in none of them.
 */
export async function* traced(
  events: AsyncIterable<RunEvent>,
  models: Models,
  instruments: Instruments,
): AsyncGenerator<RunEvent> {
  const spans = new Spans(models, instruments)
  try {
    for await (const event of events) {
      spans.tell(event)
      yield event
    }
  } catch (error) {
    spans.endAll(error)
    throw error
  }
  spans.endAll()
}

class Spans {
  readonly #models: Models
  readonly #instruments: Instruments
  readonly #agents = new Map<string, Open>()
  readonly #calls = new Map<string, Open>()
  /** When the model of an agent was asked. */
  readonly #asked = new Map<string, number>()

  constructor(models: Models, instruments: Instruments) {
    this.#models = models
    this.#instruments = instruments
  }

  tell(event: RunEvent): void {
    const at = keyOf(event.path)
    if (event.type === 'agent-start') {
      this.#end(this.#agents, at)
      const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': event.agent }
      this.#agents.set(
        at,
        this.#begin({ name: `invoke_agent ${event.agent}`, attributes, parent: this.#calls.get(at) }),
      )
      this.#asked.set(at, this.#instruments.now())
    }
    if (event.type === 'message' && event.message.role === 'tool') this.#asked.set(at, this.#instruments.now())
    if (event.type === 'finish') this.#answered(at, event)
    if (event.type === 'tool-start') this.#called(at, event)
    if (event.type === 'tool-end') {
      // A call that was refused has never begun.
      if (!this.#calls.has(at)) this.#called(at, event)
      this.#end(this.#calls, at, event.result.error)
    }
    if (event.type === 'agent-end') this.#end(this.#agents, at, event.reason === 'done' ? undefined : event.reason)
  }

  #called(at: string, { path, call: { name, id } }: Extract<RunEvent, { type: 'tool-start' | 'tool-end' }>): void {
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': id,
      'gen_ai.tool.type': 'function',
    }
    const parent = this.#agents.get(keyOf(path.slice(0, -1)))
    this.#calls.set(at, this.#begin({ name: `execute_tool ${name}`, attributes, parent }))
  }

  /** Whatever has not come to its end, deepest first. */
  endAll(error?: unknown): void {
    const kind = error instanceof Error ? error.name : error === undefined ? undefined : String(error)
    const why = error instanceof Error && 'code' in error ? String(error.code) : kind
    for (const [open, key] of this.#left()) this.#end(open, key, why ?? 'cancelled')
  }

  #left(): (readonly [Map<string, Open>, string])[] {
    const all = [this.#agents, this.#calls].flatMap(open => [...open.keys()].map(key => [open, key] as const))
    return all.toSorted(([, a], [, b]) => b.length - a.length)
  }

  #begin({ name, attributes, parent, began = this.#instruments.now(), kind = SpanKind.INTERNAL }: Beginning): Open {
    const around: Context = parent ? trace.setSpan(context.active(), parent.span) : context.active()
    const span = this.#instruments.tracer.startSpan(
      name,
      { kind, startTime: began, attributes: { ...attributes } },
      around,
    )
    return { span, began, attributes }
  }

  #end(open: Map<string, Open>, key: string, error?: string): void {
    const ended = open.get(key)
    if (!ended) return
    open.delete(key)
    this.#finish(ended, error)
  }

  #finish({ span, began, attributes }: Open, error?: string): void {
    const now = this.#instruments.now()
    if (error !== undefined)
      span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR, message: error })
    span.end(now)
    this.#instruments.duration((now - began) / 1000, {
      ...attributes,
      ...(error !== undefined && { 'error.type': error }),
    })
  }

  #answered(at: string, event: Extract<RunEvent, { type: 'finish' }>): void {
    const reference = this.#models[event.agent] ?? ''
    const [provider = '', ...rest] = reference.split('/')
    const asked = rest.join('/') || event.model || 'unknown'
    const { input, cacheRead, cacheWrite, output } = event.usage
    const common = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': providerNameOf(provider),
      'gen_ai.request.model': asked,
      ...(event.model && { 'gen_ai.response.model': event.model }),
    }
    const used = { input: input + cacheRead + cacheWrite, output }
    const chat = this.#begin({
      name: `chat ${asked}`,
      kind: SpanKind.CLIENT,
      parent: this.#agents.get(at),
      began: this.#asked.get(at) ?? this.#instruments.now(),
      attributes: common,
    })
    chat.span.setAttributes({
      'gen_ai.agent.name': event.agent,
      'gen_ai.usage.input_tokens': used.input,
      'gen_ai.usage.output_tokens': used.output,
      'gen_ai.usage.cache_read.input_tokens': cacheRead,
      'gen_ai.usage.cache_creation.input_tokens': cacheWrite,
      'gen_ai.response.finish_reasons': [event.stop],
      ...(event.cost !== undefined && { 'reprise.cost.usd': event.cost }),
    })
    this.#finish(chat)
    for (const kind of ['input', 'output'] as const) {
      this.#instruments.tokens(used[kind], { ...common, 'gen_ai.token.type': kind })
    }
  }
}

type Beginning = {
  readonly name: string
  readonly attributes: Attributes
  readonly parent: Open | undefined
  readonly began?: number
  readonly kind?: SpanKind
}

const keyOf = (path: Path): string => path.join('.')
