import { basename, dirname, join, relative } from 'node:path'
import { freeBeside } from '../../cassette/file/tape-place.ts'

/**
 * The path of a recording that goes on from an interaction of another: beside that if it is below the working directory,
 * else there. Never one that is there already, since nobody has said that an earlier fork may go.
 */
export const freeFork = (cassette: string, interaction: number, workingDirectory: string): string => {
  const isOurs = !relative(workingDirectory, cassette).startsWith('..')
  const folder = isOurs ? dirname(cassette) : workingDirectory
  return freeBeside(join(folder, basename(cassette)), `fork-${interaction}`)
}
