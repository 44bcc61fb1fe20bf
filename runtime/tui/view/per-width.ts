/**
 * What `make` makes of a thing that does not change, at a width: remembered for the last width, since it is asked for at
 * each drawing.
 */
export const perWidth = <Thing extends object, Made>(
  make: (thing: Thing, width: number) => Made,
): ((thing: Thing, width: number) => Made) => {
  const known = new WeakMap<Thing, { readonly width: number; readonly made: Made }>()
  return (thing, width) => {
    const before = known.get(thing)
    if (before?.width === width) return before.made
    const made = make(thing, width)
    known.set(thing, { width, made })
    return made
  }
}
