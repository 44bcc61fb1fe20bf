import { ToolFailure } from '../core/tool.ts'

/** What the system's error codes (errno(3)) say to a model; the path stands as the model wrote it. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'not found: there is no such file or folder.',
  ENOTDIR: 'not found: a part of this path is a file where a folder is needed.',
  EISDIR: 'is a folder, not a file.',
  EEXIST: 'already exists, and is not a folder.',
  ENOTEMPTY: 'is not empty, so it was not removed.',
  EACCES: 'may not be accessed: permission denied.',
  EPERM: 'may not be changed: the system does not permit it.',
  EROFS: 'cannot be changed: the file system is read-only.',
  ENOSPC: 'cannot be written: no space is left on the device.',
  EDQUOT: 'cannot be written: the disk quota is used up.',
  ELOOP: 'cannot be followed: its symbolic links go round in circles.',
  ENAMETOOLONG: 'is longer than the system allows for a name.',
  EMFILE: 'cannot be opened: too many files are open.',
  EBUSY: 'is in use by the system.',
  ENXIO: 'is a device or a socket, not a file.',
  E2BIG: 'is longer than the system allows for a command; write it to a file and run that.',
  ERR_FS_FILE_TOO_LARGE: 'is too large to be read at once.',
}

/** A failure of the system as a ToolFailure about `subject`; what has no words here is thrown on as it is. */
export const inWords = (error: unknown, subject: string): unknown => {
  const code = codeOf(error)
  return code && Object.hasOwn(words, code) ? new ToolFailure(`${subject} ${words[code]}`) : error
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** True for the errors by which the system says that nothing is there. */
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
