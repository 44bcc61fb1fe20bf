/**
 * What a script finds when it begins, in its own language: tools as functions that wait for their answer, and a console.
 * `__host` is what the sandbox puts there, and is taken away again.
 */
export const prelude = `'use strict';
(() => {
  const host = globalThis.__host
  delete globalThis.__host
  const stringify = JSON.stringify, parse = JSON.parse, isError = value => value instanceof Error
  class ToolError extends Error {
    get name() { return 'ToolError' }
  }
  const call = name => args => {
    if (args !== undefined && args !== null && (typeof args !== 'object' || Array.isArray(args)))
      throw new TypeError(name + ' takes one object with its arguments, such as ' + name + '({ ... })')
    const { text, isError } = parse(host('call', name, stringify(args ?? {})))
    if (isError) throw new ToolError(name + ': ' + text)
    return text
  }
  const tools = Object.create(null)
  for (const { name, isPlain } of parse(host('functions', '', ''))) {
    tools[name] = call(name)
    if (isPlain) globalThis[name] = tools[name]
  }
  const shown = value => {
    if (typeof value === 'string') return value
    if (isError(value)) return value.name + ': ' + value.message
    if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value)
    return value === undefined ? 'undefined' : stringify(value)
  }
  const printing = to => (...values) => void host('print', to, values.map(shown).join(' '))
  const log = printing('stdout')
  Object.assign(globalThis, {
    tools,
    ToolError,
    console: { log, info: log, debug: log, trace: log, warn: log, error: printing('stderr') },
  })
  globalThis.__valueOf = value => (value === undefined || value === null ? '' : shown(value))
})()`
