import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { RunEvent } from '../core/event.ts'
import { type Attributes, type Instruments, type Models, traced } from './spans.ts'

export type OtelOptions = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly now: () => number
  readonly notice: (text: string) => void
}

/** What watches runs, and sends what it saw to a collector. */
export type Observer = {
  readonly watch: (events: AsyncIterable<RunEvent>, models: Models) => AsyncGenerator<RunEvent>
  /** Sends what has not been sent yet. That nobody was there to take it is no failure of the run: it is told. */
  readonly end: () => Promise<void>
}

/** Milliseconds that a run waits in the end for a collector that does not answer. */
const patience = 3000

/**
 * Traces and metrics over OTLP with HTTP, to where the standard variables say
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter): OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS, those of one
 * signal, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_SDK_DISABLED; http://localhost:4318 where nothing is said.
 */
export const otelObserver = ({ env, version, now, notice }: OtelOptions): Observer => {
  if (env['OTEL_SDK_DISABLED'] === 'true') return { watch: passed, end: async () => undefined }
  const resource = resourceFromAttributes({
    'service.name': env['OTEL_SERVICE_NAME'] || 'reprise',
    'service.version': version,
    ...pairsIn(env['OTEL_RESOURCE_ATTRIBUTES']),
  })
  const traces = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(destination('TRACES', env)))],
  })
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(destination('METRICS', env)) })
  const metrics = new MeterProvider({ resource, readers: [reader] })
  const instruments: Instruments = {
    tracer: traces.getTracer('reprise', version),
    ...measures(metrics, version),
    now,
  }
  return {
    watch: (events, models) => traced(events, models, instruments),
    end: async () => {
      // To shut metrics down sends them.
      const [sent] = await Promise.allSettled([traces.forceFlush(), metrics.shutdown()])
      if (sent.status === 'rejected') notice(`Traces could not be sent to ${addressOf('TRACES', env)}.`)
      await traces.shutdown().catch(() => undefined)
    },
  }
}

async function* passed(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  yield* events
}

const measures = (metrics: MeterProvider, version: string): Pick<Instruments, 'duration' | 'tokens'> => {
  const meter = metrics.getMeter('reprise', version)
  const durations = meter.createHistogram('gen_ai.client.operation.duration', { unit: 's' })
  const tokens = meter.createHistogram('gen_ai.client.token.usage', { unit: '{token}' })
  return {
    duration: (seconds, attributes) => durations.record(seconds, labelled(attributes)),
    tokens: (count, attributes) => tokens.record(count, labelled(attributes)),
  }
}

/** Without what is another one each time: a series for each call is none. */
const labelled = ({ 'gen_ai.tool.call.id': _, ...attributes }: Attributes): Attributes => attributes

type Signal = 'TRACES' | 'METRICS'

const addressOf = (signal: Signal, env: OtelOptions['env']): string => {
  const own = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || 'http://localhost:4318'
  return own || `${base.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`
}

const destination = (signal: Signal, env: OtelOptions['env']) => ({
  url: addressOf(signal, env),
  headers: { ...pairsIn(env['OTEL_EXPORTER_OTLP_HEADERS']), ...pairsIn(env[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`]) },
  timeoutMillis: patience,
})

/** `a=1,b=2`, with percent signs as in a URL. */
const pairsIn = (text = ''): Record<string, string> =>
  Object.fromEntries(
    text.split(',').flatMap(pair => {
      const [name = '', value] = pair.split(/=(.*)/s)
      return value === undefined ? [] : [[name.trim(), decoded(value.trim())]]
    }),
  )

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
