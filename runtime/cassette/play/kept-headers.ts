/** Header fields that say how an answer is to be read, or when to ask again; all others stay outside. */
const names: readonly string[] = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry']

/** What is written down of the header fields of an answer; nothing where none of them is. */
export const keptHeaders = (
  headers: Readonly<Record<string, string>>,
): { readonly headers?: Readonly<Record<string, string>> } => {
  // A moment to ask again at is read against the moment of the answer.
  const wanted = /[a-z]/i.test(headers['retry-after'] ?? '') ? [...names, 'date'] : names
  const kept = Object.entries(headers).filter(([name]) => wanted.includes(name.toLowerCase()))
  return kept.length > 0 ? { headers: Object.fromEntries(kept) } : {}
}
