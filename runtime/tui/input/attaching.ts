import { Failure } from '../../core/errors.ts'
import { mediaTypeIn } from '../../core/media-type.ts'
import type { ContentPart } from '../../core/message.ts'
import type { Desk } from '../state/desk.ts'
import { failureText } from '../state/driver.ts'
import { clipboardImage } from './clipboard.ts'
import { droppedIn } from './dropped.ts'
import type { Enclosed } from './pastes.ts'

const isImage = (part: ContentPart): part is Extract<ContentPart, { type: 'file' }> =>
  part.type === 'file' && part.mediaType.startsWith('image/')

const speakerOf = ({ store, driver }: Desk) =>
  driver.conversation().agents.find(({ name }) => name === store.state().agent)

/** Throws a Failure for an image that the provider of whoever is spoken to would refuse. */
const allowed = (desk: Desk, part: ContentPart): void => {
  const { images, model = '' } = speakerOf(desk) ?? {}
  if (!images || !isImage(part) || part.data.length <= images.most) return
  const size = (letters: number) => `${((letters * 3) / 4 / 1024 / 1024).toFixed(1)} MB`
  throw new Failure(
    'usage',
    `${part.name ?? 'The image'} has ${size(part.data.length)}; ${model} takes images of at most ${size(images.most)}.`,
    {
      hint: 'Make it smaller, or cut out what matters.',
    },
  )
}

/** Why something of a message cannot be sent to whoever is spoken to now; nothing where all can. */
export const refusalOf = (desk: Desk, content: readonly ContentPart[]): string | undefined => {
  try {
    for (const part of content) allowed(desk, part)
    return undefined
  } catch (error) {
    if (error instanceof Failure) return failureText(error)
    throw error
  }
}

/** Says beforehand what will come of an image, where whoever is spoken to reads none. */
export const warned = (desk: Desk, parts: readonly ContentPart[]): void => {
  const { images, model = '' } = speakerOf(desk) ?? {}
  if (images?.isRead !== false || !parts.some(isImage)) return
  desk.driver.tell(
    'warning',
    `${model} reads no images, as far as is known. /model chooses another; Backspace takes the image out.`,
  )
}

/** A file by its path. Throws a Failure where it cannot be sent. */
export const named = (desk: Desk, path: string): Enclosed => {
  const part = desk.files.attach(path)
  allowed(desk, part)
  return { name: part.type === 'file' ? (part.name ?? path) : path, part }
}

/**
 * The files that were dropped on the terminal, or whose paths were pasted; nothing where a text is only a text. One that is
 * there but cannot be sent is told, and stays text.
 */
export const droppedFiles = (desk: Desk, text: string): readonly Enclosed[] | undefined => {
  const paths = droppedIn(text, desk.env['HOME'])
  if (!paths) return undefined
  try {
    return paths.map(path => named(desk, path))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (!/ does not exist/.test(error.message)) desk.driver.tell('warning', failureText(error))
    return undefined
  }
}

/** The image on the clipboard. Throws a Failure where there is none, or none that can be sent. */
export const clipboardFile = async (desk: Desk): Promise<Enclosed> => {
  const image = await clipboardImage(desk.env)
  const mediaType = image && mediaTypeIn(image)
  if (!image || !mediaType) {
    throw new Failure('usage', 'There is no image on the clipboard.', {
      hint: "Text is put in by your terminal's own key, such as Ctrl+Shift+V.",
    })
  }
  const name = `clipboard.${mediaType.replace(/^.*\//, '')}`
  const part = { type: 'file', mediaType, data: image.toString('base64'), name } as const
  allowed(desk, part)
  return { name, part }
}
