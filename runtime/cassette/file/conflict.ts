/** What stands around two versions of which a person must choose: git's own marks, so that every editor knows them. */
export const conflictMarks = { begin: '<<<<<<< ours\n', between: '=======\n', end: '>>>>>>> theirs\n' }

/** Why a text cannot be read, if that is so because a merge left marks in it. */
export const conflictIn = (text: string): string | undefined =>
  /^(?:<<<<<<< |>>>>>>> |=======$)/m.test(text)
    ? 'the marks of a merge stand in it (<<<<<<< ======= >>>>>>>); keep one of the two versions, and take out the marks'
    : undefined
