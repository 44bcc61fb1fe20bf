/** Odd, so that no two numbers become one. */
const factor = 0x9e3779b97f4bn

/**
 * Ids of twelve hexadecimal digits. Each comes of the time and the process, which no two share, and is turned over so that
 * a few digits tell neighbours apart. Without chance, which takes Node milliseconds to load.
 */
export const idsFrom = (now: () => Date, pid: number): (() => string) => {
  let count = 0
  return () => {
    const unique = (BigInt(now().getTime() + count++) << 9n) | BigInt(pid % 512)
    return BigInt.asUintN(48, unique * factor)
      .toString(16)
      .padStart(12, '0')
  }
}
