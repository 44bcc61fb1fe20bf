/** Lanes end in the name of the agent that goes along them. */
export const agentOf = (lane: string): string => lane.slice(lane.lastIndexOf('/') + 1)
