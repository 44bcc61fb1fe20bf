import type { OutputFormat } from '../core/model.ts'

/** The shape of an answer in words, for a model or a request that takes it in no other way. */
export const outputInstruction = ({ name, description, schema }: OutputFormat): string =>
  [
    `Your final answer must be one JSON value and nothing else: no words around it, no code fence.`,
    `It is called ${name}${description ? ` (${description})` : ''} and must fit this JSON Schema:`,
    JSON.stringify(schema),
  ].join('\n')
