import type { CassetteHeader } from '../../core/cassette.ts'

/** The other agent files of a recording, by their paths. */
export const recordedFiles = ({
  agent,
  workingDirectory = '',
  home = '',
}: Pick<CassetteHeader, 'agent' | 'workingDirectory' | 'home'>): Readonly<Record<string, string>> => {
  const restored = (text: string) =>
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how recordings write places
    text.replace('${working-directory}', workingDirectory).replace('${home}', home)
  return Object.fromEntries((agent?.files ?? []).map(({ path, content }) => [restored(path), content]))
}
