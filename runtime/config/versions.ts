/** Formats of agent files, from the oldest to the one that this schema describes. */
export const versions = ['0', '1', '2', '3', '4', '5', '6', '7'] as const
export type Version = (typeof versions)[number]
export const latest: Version = '7'
