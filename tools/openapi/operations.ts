import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import type { ToolDefinition } from '../../runtime/core/tool.ts'
import { type Body, bodyOf } from './body.ts'
import { listAt, resolved, standalone } from './schema.ts'

/** A parameter of an operation: what the model calls it, and where it goes under which name. */
export type Parameter = {
  readonly name: string
  readonly key: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly style: string
  readonly explode: boolean
  /** Sent as JSON. */
  readonly json: boolean
}

/** An operation as a tool, and what it takes to make a request of a call. `path` has gaps such as `{id}`. */
export type Operation = {
  readonly definition: ToolDefinition
  readonly method: string
  readonly path: string
  /** As it is written: it may be relative to where the specification came from. */
  readonly server: string
  readonly parameters: readonly Parameter[]
  readonly body?: Body
}

const methods = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete']
const readOnly = new Set(['get', 'head', 'options'])

/** The operations of a specification; `leftOut` are the names of those whose body cannot be written as text. */
export const operationsIn = (root: JsonObject): { operations: Operation[]; leftOut: string[] } => {
  const names = new Set<string>()
  const operations: Operation[] = []
  const leftOut: string[] = []
  for (const [path, value] of Object.entries(objectIn(root['paths']))) {
    const item = resolved(value, root)
    for (const method of methods) {
      if (!isJsonObject(item[method])) continue
      const name = free(nameOf(item[method], method, path), names)
      const operation = operationOf({ root, item, method, path, name })
      if (operation) operations.push(operation)
      else leftOut.push(name)
    }
  }
  return { operations, leftOut }
}

const objectIn = (value: Json | undefined): JsonObject => (value !== undefined && isJsonObject(value) ? value : {})

/** What all providers take as the name of a tool, and as that of a parameter. */
const longest = 64
const tidy = (text: string, others: RegExp): string =>
  text.replace(others, '_').replace(/__+/g, '_').replace(/^_|_$/g, '').slice(0, longest)

const nameOf = ({ operationId }: JsonObject, method: string, path: string): string =>
  tidy(typeof operationId === 'string' ? operationId : '', /[^\w-]/g) || tidy(`${method}_${path}`, /[^\w-]/g)

/** The name, or the first with a number behind it that is free; then it is taken. */
const free = (name: string, taken: Set<string>): string => {
  let found = name
  for (let number = 2; taken.has(found); number++) found = `${name.slice(0, longest - 4)}_${number}`
  taken.add(found)
  return found
}

type Source = {
  readonly root: JsonObject
  readonly item: JsonObject
  readonly method: string
  readonly path: string
  readonly name: string
}

const operationOf = (source: Source): Operation | undefined => {
  const { root, item, method, path, name } = source
  const operation = objectIn(item[method])
  const taken = new Set<string>()
  const declared = parametersIn(source, operation).map(parameter => ({
    ...parameter,
    name: free(tidy(parameter.key, /[^\w.-]/g) || parameter.in, taken),
  }))
  const body = bodyOf(resolved(operation['requestBody'], root), root, key => free(tidy(key, /[^\w.-]/g), taken))
  if (body === 'unknown') return undefined
  const fields = [
    ...declared.map(({ name, schema, required }) => ({ name, schema, required })),
    ...(body?.fields.map(({ name, schema, required }) => ({ name, schema, required })) ?? []),
  ]
  return {
    definition: {
      name,
      description: descriptionOf(operation, method, path),
      parameters: {
        type: 'object',
        properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
        required: fields.filter(({ required }) => required).map(({ name }) => name),
        additionalProperties: false,
      },
      ...(readOnly.has(method) && { readOnly: true }),
    },
    method: method.toUpperCase(),
    path,
    server: serverOf([operation, item, root], root),
    parameters: declared,
    ...(body && { body }),
  }
}

type Declared = Omit<Parameter, 'name'> & { readonly schema: JsonObject; readonly required: boolean }

/** Header fields that are none of an operation's, says OpenAPI. */
const ofProtocol = /^(accept|content-type|authorization)$/i

/** Those of the path and of the operation, which come before them. */
const parametersIn = ({ root, item }: Source, operation: JsonObject): Declared[] => {
  const all = [...listAt(item, 'parameters'), ...listAt(operation, 'parameters')].map(each => resolved(each, root))
  const byPlace = new Map(all.map(each => [`${each['in']} ${each['name']}`, each]))
  return [...byPlace.values()].flatMap(each => {
    const place = each['in']
    const key = each['name']
    if (typeof key !== 'string' || (place === 'header' && ofProtocol.test(key))) return []
    return place === 'path' || place === 'query' || place === 'header' || place === 'cookie'
      ? [declaredOf(each, key, place, root)]
      : []
  })
}

const declaredOf = (each: JsonObject, key: string, place: Parameter['in'], root: JsonObject): Declared => {
  const media = objectIn(each['content'])
  const [inJson] = Object.values(media)
  const style =
    typeof each['style'] === 'string' ? each['style'] : place === 'query' || place === 'cookie' ? 'form' : 'simple'
  const schema = standalone(inJson === undefined ? each['schema'] : objectIn(inJson)['schema'], root)
  const description = typeof each['description'] === 'string' ? each['description'].trim() : ''
  return {
    key,
    in: place,
    style,
    explode: typeof each['explode'] === 'boolean' ? each['explode'] : style === 'form',
    json: inJson !== undefined,
    required: place === 'path' || each['required'] === true,
    schema: {
      ...(Object.keys(schema).length === 0 ? { type: 'string' } : schema),
      ...(description && { description }),
    },
  }
}

/** Characters of a description; some hold a manual. */
const longestDescription = 1000

const descriptionOf = (operation: JsonObject, method: string, path: string): string => {
  const texts = [operation['summary'], operation['description']].flatMap(text =>
    typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [],
  )
  const text = [...new Set(texts)].join('\n') || `${method.toUpperCase()} ${path}`
  const whole = operation['deprecated'] === true ? `(deprecated) ${text}` : text
  return whole.length > longestDescription ? `${whole.slice(0, longestDescription).toWellFormed()}…` : whole
}

/** The first server of the nearest that names any, with its variables filled in. */
const serverOf = (holders: readonly JsonObject[], root: JsonObject): string => {
  const [first] = holders.map(holder => listAt(holder, 'servers')).find(servers => servers.length > 0) ?? []
  const { url = '/', variables } = resolved(first, root)
  return String(url).replace(/\{([^}]*)\}/g, (gap, name: string) => {
    const preset = objectIn(objectIn(variables)[name])['default']
    return preset === undefined ? gap : String(preset)
  })
}
