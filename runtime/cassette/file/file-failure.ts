import { Failure } from '../../core/errors.ts'

/** What the system says, in words, and what to do about it. */
const reasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Make room.'],
  EDQUOT: ['your quota of the disk is used up', 'Make room.'],
  EFBIG: ['the file has reached the largest size allowed', 'Record less at once.'],
  EROFS: ['the file system is read-only', 'Name a file elsewhere: --record=/tmp/NAME.'],
  EACCES: ['there is no permission', 'Change the permissions of the file or its folder, or name a file elsewhere.'],
  EPERM: ['it is not permitted', 'Change the permissions of the file or its folder, or name a file elsewhere.'],
  ENOENT: ['there is no such file', 'Look at the name, or record it with --record=NAME.'],
  ENOTDIR: ['a part of its path is a file, not a folder', 'Look at the name.'],
  EEXIST: ['a part of its path is a file, not a folder', 'Look at the name.'],
  EISDIR: ['it is a folder', 'Name a file in it.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter name.'],
  EMFILE: ['too many files are open', 'Raise the limit with ulimit -n.'],
  EIO: ['the disk fails to read or write', 'Look at the disk; what was recorded until now may be damaged.'],
}

const full: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * A failure of the file system as one a user understands; any other error as it is. `keeps` tells whether what was
 * recorded before is kept.
 */
export const fileFailure = (error: unknown, doing: 'read' | 'write', path: string, keeps?: boolean): unknown => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code === undefined || error instanceof Failure) return error
  const [what, todo] = reasons[code] ?? [code, '']
  const hint =
    keeps && full.includes(code) ? `${todo} What was recorded until now is kept, and can be played back.` : todo
  return new Failure(
    'cassette-file',
    `The cassette ${path} cannot be ${doing === 'read' ? 'read' : 'written'}: ${what}.`,
    { ...(hint && { hint }), cause: error },
  )
}
