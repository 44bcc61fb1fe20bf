import type { Command } from 'commander'
import { type Terminal, write } from './terminal.ts'

type Words = {
  readonly name: string
  readonly description: string
  readonly options: readonly { flag: string; description: string }[]
}

/** `reprise completion SHELL`: a script for the shell's start-up file, made from the commands themselves. */
export const completion = async (shell: string, program: Command, { stdout }: Terminal): Promise<number> => {
  const commands = program.commands.map(
    (command): Words => ({
      name: command.name(),
      description: command.description(),
      options: command.options.flatMap(({ long, description }) => (long ? [{ flag: long, description }] : [])),
    }),
  )
  await write(stdout, scripts[shell as keyof typeof scripts](commands))
  return 0
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const names = (commands: readonly Words[]): string => commands.map(({ name }) => name).join(' ')

const bash = (commands: readonly Words[]): string => `# reprise completion bash >> ~/.bashrc
_reprise() {
  local word=\${COMP_WORDS[COMP_CWORD]} options=
  case \${COMP_WORDS[1]} in
${commands.map(({ name, options }) => `    ${name}) options=${quote(options.map(({ flag }) => flag).join(' '))} ;;`).join('\n')}
  esac
  if [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W ${quote(names(commands))} -- "$word"))
  elif [ "\${word#-}" != "$word" ]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _reprise reprise
`

const zsh = (commands: readonly Words[]): string => `#compdef reprise
# reprise completion zsh > a file named _reprise in a folder of $fpath
_reprise() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, description }) => quote(`${name}:${description}`)).join(' ')})
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(({ name, options }) => `    ${name}) _arguments ${options.map(({ flag, description }) => quote(`${flag}[${description.replaceAll(/[[\]:]/g, ' ')}]`)).join(' ')} '*:file:_files' ;;`).join('\n')}
  esac
}
compdef _reprise reprise
`

const fish = (
  commands: readonly Words[],
): string => `# reprise completion fish > ~/.config/fish/completions/reprise.fish
${commands
  .flatMap(({ name, description, options }) => [
    `complete -c reprise -n __fish_use_subcommand -f -a ${name} -d ${quote(description)}`,
    ...options.map(
      option =>
        `complete -c reprise -n '__fish_seen_subcommand_from ${name}' -l ${option.flag.slice(2)} -d ${quote(option.description)}`,
    ),
  ])
  .join('\n')}
`

const scripts = { bash, zsh, fish }
