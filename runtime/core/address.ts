/** Whether a reference to a file leads into the net. */
export const isUrl = (reference: string): boolean => /^https?:\/\//.test(reference)
