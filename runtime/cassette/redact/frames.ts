import { base64Decoded } from './decode.ts'
import { type Edit, matchesIn, placeholder } from './edit.ts'

/** A secret known by what stands around it; the one group is the secret. `trigger` is a cheap look before. */
type Frame = { readonly name: string; readonly trigger: string; readonly pattern: RegExp }

const frames: readonly Frame[] = [
  {
    name: 'private-key',
    trigger: 'PRIVATE KEY',
    pattern:
      /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----((?:(?:[\s"'+,]|\\+[nrt])+(?:[\w-]+: [^\r\n\\]+|[A-Za-z0-9+/=]{16,}))+(?:(?:\s|\\+[nr])*[A-Za-z0-9+/=]+(?=(?:\s|\\+[nr])*-----END))?)/g,
  },
  // Neither user nor password holds a slash or an at sign; what is a port and a path is no password.
  {
    name: 'url-password',
    trigger: '://',
    pattern: /(?<=[a-z0-9]):\/\/[^\s/?#@:"'<>`\\]*:([^\s/?#@"'<>`\\]{3,})@(?=[\w.[$-])/gi,
  },
  { name: 'url-token', trigger: '://', pattern: /(?<=https?):\/\/((?=[^\s/@:]*\d)[A-Za-z0-9_-]{20,})@(?=[\w.-])/gi },
  {
    name: 'bearer-token',
    trigger: 'earer',
    pattern: /\b[Bb]earer(?:\s|%20|\+)+((?=[\w.~+/-]*\d)[\w.~+/-]{16,}=*)/g,
  },
  {
    name: 'password',
    trigger: 'machine',
    pattern: /\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)/g,
  },
  {
    name: 'password',
    trigger: 'curl',
    pattern: /\bcurl\b[^\r\n]{0,300}?\s(?:-u|--user)[\s=]*["']?[^\s:"'$]+:([^\s"'$<*]{3,})/g,
  },
]

/** Secrets in plain text by what stands around them. */
export const framesIn = (text: string): Edit[] =>
  frames.flatMap(({ name, trigger, pattern }) => {
    if (!text.includes(trigger)) return []
    return matchesIn(text, pattern).flatMap(({ index, 0: all, 1: secret = '' }) => {
      if (/^(?:password|pass|passwd|pwd|secret|token|xxx+|\$|\{|%s)$|^[${<*%[]/i.test(secret)) return []
      const start = index + all.lastIndexOf(secret)
      return [{ start, end: start + secret.length, text: placeholder(name), strength: 1 }]
    })
  })

/** The first of four letters of base64 is one of these where it stands for a plain letter. */
const runs = /(?<![A-Za-z0-9+/_-])(?:[A-Za-f][A-Za-z0-9+/_-]{3}){4}[A-Za-z0-9+/_-]*={0,2}/g
/** As `base64` and PEM break it; an escaped line end is none of its letters. */
const wrapped = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,76}(?:\r?\n|(?:\\+r)?\\+n))+[A-Za-z0-9+/]*={0,2}/g

/** Base64 of a text in which `find` finds something becomes what it found: `Basic …`, settings of Docker and Kubernetes. */
export const encodedIn = (text: string, find: (text: string) => readonly Edit[]): Edit[] => {
  if (text.length < 16) return []
  const whole = matchesIn(text, runs)
  const all = whole.some(({ 0: run }) => run.length >= 60) ? [...whole, ...matchesIn(text, wrapped)] : whole
  return all.flatMap(({ index, 0: run }) => {
    const decoded = base64Decoded(run)
    const [found] = decoded === undefined ? [] : find(decoded)
    return found ? [{ ...found, start: index, end: index + run.length }] : []
  })
}

const basic = /\bBasic(?:\s|%20|\+)+([A-Za-z0-9+/_-]{6,}={0,2})/gi

/** Basic authentication: base64 of a name and a password, however short. */
export const basicIn = (text: string): Edit[] =>
  (text.includes('asic') || text.includes('ASIC') ? matchesIn(text, basic) : []).flatMap(
    ({ index, 0: all, 1: code = '' }) => {
      if (!/^[^\s:]*:./.test(base64Decoded(code) ?? '')) return []
      const start = index + all.length - code.length
      return [{ start, end: start + code.length, text: placeholder('basic-auth'), strength: 1 }]
    },
  )
