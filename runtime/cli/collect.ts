/** For an option that may be given again: all its values, in order. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value]
