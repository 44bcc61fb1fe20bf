import type { Outline } from '../outline.ts'

/** What stands above an exported session, as names and values. */
export const factsOf = (head: Outline['head']): readonly (readonly [name: string, value: string])[] => {
  const { id, created, updated, agentFile, workingDirectory, turns, usage, cost, parent } = head
  const asked = usage.input + usage.cacheRead + usage.cacheWrite
  return [
    ['session', id],
    ['begun', created],
    ['last used', updated],
    ['agent file', agentFile],
    ['working directory', workingDirectory],
    ['turns', String(turns)],
    ['tokens', `${asked} in, ${usage.output} out`],
    ['cost', `$${cost.toFixed(4)}`],
    ...(parent ? [['branch of', `${parent.id}, after ${parent.at} messages`] as const] : []),
  ]
}
