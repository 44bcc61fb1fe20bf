/**
 * What `allowed-tools` of a SKILL.md lets go ahead, as our rules: https://agentskills.io/specification has it as a list with
 * spaces between, Claude Code also with commas, and as a list of YAML. Names are those of Claude Code or our own.
 */
export const allowedRules = (field: unknown): string[] => {
  const items = typeof field === 'string' ? itemsIn(field) : Array.isArray(field) ? field.map(String) : []
  return items.flatMap(item => rulesOf(item.trim()))
}

/** Spaces and commas within brackets belong to the item. */
const itemsIn = (text: string): string[] => text.match(/[^\s,()]+(?:\([^)]*\))?/g) ?? []

/** Tools of Claude Code, and what does the same here. */
const ours: Readonly<Record<string, readonly string[]>> = {
  Bash: ['shell', 'run_background_job'],
  Read: ['read_file', 'read_multiple_files'],
  LS: ['list_directory', 'directory_tree'],
  Glob: ['list_directory', 'directory_tree'],
  Grep: ['search_files_content'],
  Write: ['write_file', 'create_directory'],
  Edit: ['edit_file'],
  MultiEdit: ['edit_file'],
  WebFetch: ['fetch'],
  TodoWrite: ['create_todo', 'create_todos', 'update_todos'],
  Skill: ['read_skill', 'read_skill_file'],
}

/** Of what is within brackets only commands and sites are understood; anything else lets nothing go ahead. */
const rulesOf = (item: string): string[] => {
  const [, name = '', inner] = /^([A-Za-z][\w-]*\*?)(?:\((.*)\))?$/s.exec(item) ?? []
  const server = /^mcp__(.+?)(?:__(.+))?$/.exec(name)
  if (server) return inner === undefined ? [`mcp:${server[1]}:${server[2] ?? '*'}`] : []
  if (name === '' || name.endsWith('*')) return []
  const tools = Object.hasOwn(ours, name) ? (ours[name] ?? []) : [name]
  if (inner === undefined || inner === '' || inner === '*') return [...tools]
  if (tools.includes('shell')) return commandsOf(inner).flatMap(cmd => tools.map(tool => `${tool}:cmd=${cmd}`))
  const site = /^domain:([\w.-]+)$/.exec(inner)?.[1]
  return site !== undefined && tools.includes('fetch') ? [`fetch:urls=https://${site}/*`] : []
}

/** `git:*` and `git *` are `git` alone and with whatever comes after it. Only stars are more than they seem. */
const commandsOf = (text: string): string[] => {
  const plain = text
    .trim()
    .replace(/[?[\]\\]/g, '\\$&')
    .replace(/:(?=[\w-]+=)/g, '\\:')
  const [, beginning] = /^(.*[^\s*:])(?::\*| \*)$/s.exec(plain) ?? []
  return beginning === undefined ? [plain] : [beginning, `${beginning} *`]
}
