/** What all providers take as the name of a tool: letters, digits, _ and -, not too many, and no digit in front. */
const longest = 64

/** A name that every provider takes and that looks like no other: letters that only resemble Latin ones become _. */
export const plainName = (name: string): string => {
  const plain = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, longest)
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`.slice(0, longest)
}

/** A tool's name behind the name of its server. */
export const prefixed = (prefix: string, name: string): string => plainName(`${prefix}_${name}`)
