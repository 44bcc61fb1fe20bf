import { fresh, opaque } from './ids.ts'
import type { Speech } from './say.ts'

const finishReasons = {
  end: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'SAFETY',
  'content-filter': 'PROHIBITED_CONTENT',
} as const

/** generateContent as generativelanguage.googleapis.com streams it: CRLF, whole calls, and no end but the last reason. */
export function* geminiFrames(speech: Speech): Generator<string> {
  const responseId = fresh('', 22)
  const parts = partsOf(speech)
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    const candidate = {
      content: { parts: [part], role: 'model' },
      ...(last && { finishReason: finishReasons[speech.stop] }),
      index: 0,
    }
    const message = { candidates: [candidate], usageMetadata: usageOf(speech), modelVersion: speech.model, responseId }
    yield `data: ${JSON.stringify(message)}\r\n\r\n`
  }
}

const partsOf = ({ reasoning, text, calls }: Speech): object[] => {
  const parts = [
    ...reasoning.map(thought => ({ text: thought, thought: true })),
    ...text.map(words => ({ text: words })),
    // Only the first call of an answer is signed.
    ...calls.map(({ name, json, id }, index) => ({
      functionCall: { name, args: JSON.parse(json), ...(id !== undefined && { id }) },
      ...(index === 0 && { thoughtSignature: opaque(180) }),
    })),
  ]
  return parts.length > 0 ? parts : [{ text: '' }]
}

const usageOf = ({ usage: { input, cached, output, reasoning } }: Speech) => ({
  promptTokenCount: input,
  ...(cached > 0 && { cachedContentTokenCount: cached }),
  candidatesTokenCount: output - reasoning,
  totalTokenCount: input + output,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
  ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
})
