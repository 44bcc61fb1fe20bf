/** What a robots.txt says to one crawler: paths by whether they may be read. */
export type Robots = readonly { readonly path: string; readonly isAllowed: boolean }[]

type Group = { readonly agents: string[]; readonly rules: { path: string; isAllowed: boolean }[] }

/** The rules for an agent by RFC 9309: those of the groups that name it, else those for everybody. */
export const robotsFor = (agent: string, text: string): Robots => {
  const groups = groupsIn(text)
  const named = groups.filter(({ agents }) => agents.includes(agent.toLowerCase()))
  const chosen = named.length > 0 ? named : groups.filter(({ agents }) => agents.includes('*'))
  return chosen.flatMap(({ rules }) => rules)
}

const groupsIn = (text: string): Group[] => {
  const groups: Group[] = []
  let wasAgent = false
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? []
    const name = key.toLowerCase()
    if (name === 'user-agent') {
      if (!wasAgent) groups.push({ agents: [], rules: [] })
      groups.at(-1)?.agents.push(value.toLowerCase())
    }
    if ((name === 'allow' || name === 'disallow') && value !== '') {
      groups.at(-1)?.rules.push({ path: value, isAllowed: name === 'allow' })
    }
    if (key !== '') wasAgent = name === 'user-agent'
  }
  return groups
}

/** Whether a path with its query may be read: the longest rule that fits decides, and of two as long the one that allows. */
export const mayRead = (robots: Robots, path: string): boolean => {
  const fitting = robots.filter(rule => fits(rule.path, path))
  const longest = Math.max(...fitting.map(rule => rule.path.length))
  return fitting.length === 0 || fitting.some(rule => rule.path.length === longest && rule.isAllowed)
}

/** From the beginning on; `*` is anything, and `$` at the end is the end. */
const fits = (rule: string, path: string): boolean => {
  const parts = rule.replace(/\$$/, '').split('*')
  let at = 0
  for (const [index, part] of parts.entries()) {
    const isLast = rule.endsWith('$') && index === parts.length - 1
    const found = isLast ? path.length - part.length : index === 0 ? 0 : path.indexOf(part, at)
    if (found < at || !path.startsWith(part, found)) return false
    if (index === 0 && found !== 0) return false
    at = found + part.length
  }
  return true
}
