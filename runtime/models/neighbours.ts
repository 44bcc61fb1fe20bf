/** A list in which neighbours that belong together are one; `join` gives nothing for two that stay apart. */
export const joinNeighbours = <Item>(
  items: readonly Item[],
  join: (before: Item, after: Item) => Item | undefined,
): Item[] => {
  const all: Item[] = []
  for (const item of items) {
    const last = all.at(-1)
    const joined = last === undefined ? undefined : join(last, item)
    if (joined === undefined) all.push(item)
    else all[all.length - 1] = joined
  }
  return all
}
