type Environment = Readonly<Record<string, string | undefined>>

/** Variables that a text names as `${env.NAME}`. */
const named = /\$\{[^}]*?\benv(?:\.(\w+)|\[['"`](\w+)['"`]\])/g

/** The variables that an agent file names, as they are set: what a replay elsewhere needs to read the same file. */
export const environmentOf = (source: string, env: Environment): Record<string, string> => {
  const names = [...source.matchAll(named)].map(([, dotted, bracketed]) => dotted ?? bracketed ?? '')
  return Object.fromEntries([...new Set(names)].flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])))
}
