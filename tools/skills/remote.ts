import type { Fetch } from '../../runtime/core/border.ts'
import { isJsonObject, type Json } from '../../runtime/core/json.ts'
import { ToolFailure } from '../../runtime/core/tool.ts'
import { mustBePublic } from '../http/private.ts'
import { request } from '../http/request.ts'
import {
  descriptionOf,
  type Found,
  isInside,
  isSkillName,
  mainFile,
  mostFiles,
  mostOfFile,
  type Skill,
} from './skill.ts'

/** Seconds for each file. */
const timeout = 30
const mostSkills = 500

/**
 * The skills that a site tells of in /.well-known/skills/index.json. Their files are fetched when they are read, each once.
 * A site that cannot be had offers none, and says why.
 */
export const remoteSkills = async (site: string, fetch: Fetch, signal: AbortSignal): Promise<Found> => {
  const base = `${site.replace(/\/+$/, '')}/.well-known/skills`
  try {
    const index = parsed(await textAt(`${base}/index.json`, fetch, signal))
    const entries = isJsonObject(index) ? index['skills'] : undefined
    if (!Array.isArray(entries)) throw new ToolFailure('its index has no list of skills')
    const found = entries.slice(0, mostSkills).map(entry => skillFrom(entry, base, fetch))
    return {
      skills: found.filter(skill => typeof skill !== 'string'),
      notices: found.filter(skill => typeof skill === 'string').map(why => `A skill of ${site} is left out: ${why}.`),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ToolFailure)) throw error
    return { skills: [], notices: [`The skills of ${site} cannot be had: ${error.message.replace(/\.$/, '')}.`] }
  }
}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new ToolFailure('its index is not JSON')
  }
}

const skillFrom = (entry: Json, base: string, fetch: Fetch): Skill | string => {
  const { name, description, files } = isJsonObject(entry) ? entry : {}
  if (typeof name !== 'string' || !isSkillName(name)) return `${JSON.stringify(name ?? null)} is no name for a skill`
  if (typeof description !== 'string' || description.trim() === '') return `${name} has no description`
  const texts = new Map<string, Promise<string>>()
  return {
    name,
    description: descriptionOf(description),
    files: (Array.isArray(files) ? files : [])
      .filter((path): path is string => typeof path === 'string' && path !== mainFile && isInside(path))
      .slice(0, mostFiles),
    read(path, signal) {
      const text =
        texts.get(path) ?? textAt(`${base}/${name}/${path.split('/').map(encodeURIComponent).join('/')}`, fetch, signal)
      texts.set(path, text)
      text.catch(() => texts.delete(path))
      return text
    },
  }
}

/** The agent file names the site, so it may be anywhere; it may not lead into a private network from outside. */
const textAt = async (url: string, fetch: Fetch, signal: AbortSignal): Promise<string> => {
  const { origin } = new URL(url)
  const reply = await request(
    {
      url: new URL(url),
      method: 'GET',
      headers: { accept: '*/*' },
      timeout,
      mostBytes: mostOfFile,
      mayGo: async to => (to.origin === origin ? undefined : await mustBePublic(to)),
    },
    { fetch, signal },
  )
  if (reply.status !== 200) throw new ToolFailure(`${url} answers with ${reply.status} ${reply.statusText}`.trim())
  if (reply.isCut) throw new ToolFailure(`${url} is longer than ${mostOfFile} bytes`)
  return Buffer.from(reply.bytes).toString('utf8')
}
