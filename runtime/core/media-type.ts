/** What bytes begin with in files that models are sent as they are; a blank is any byte. */
const beginnings: readonly (readonly [mediaType: string, begins: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/webp', 'RIFF    WEBP'],
  ['application/pdf', '%PDF-'],
]

/** The type of an image or a PDF by its bytes: names lie, and providers refuse what is not what it is called. */
export const mediaTypeIn = (bytes: Uint8Array): string | undefined => {
  const isAt = (sign: string, index: number) => sign === ' ' || bytes[index] === sign.charCodeAt(0)
  return beginnings.find(([, begins]) => [...begins].every(isAt))?.[0]
}
