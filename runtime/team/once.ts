/** Done when it is first asked for, and again only where it failed. */
export const once = <Value>(
  work: (signal: AbortSignal) => Promise<Value>,
): ((signal: AbortSignal) => Promise<Value>) => {
  let working: Promise<Value> | undefined
  return signal => {
    working ??= work(signal).catch(error => {
      working = undefined
      throw error
    })
    return working
  }
}
