import type { Command } from 'commander'
import { type Terminal, write } from './terminal.ts'
import { valued } from './values.ts'

/** What a shell needs to know of a command; `below` are the commands inside it, with the options of them all as its own. */
type Words = {
  readonly name: string
  readonly description: string
  readonly below: readonly string[]
  readonly options: readonly { readonly flag: string; readonly description: string }[]
}

/** `reprise completion SHELL`: a script for the shell's start-up file, made from the commands themselves. */
export const completion = async (shell: string, program: Command, { stdout }: Terminal): Promise<number> => {
  await write(stdout, scripts[shell as keyof typeof scripts](visible(program).map(wordsOf)))
  return 0
}

/** Without those that are meant for scripts. */
const visible = (program: Command): readonly Command[] => program.createHelp().visibleCommands(program)

const wordsOf = (command: Command): Words => {
  const flags = [command, ...command.commands].flatMap(({ options }) =>
    options.flatMap(({ long, description }): [string, string][] => (long ? [[long, description]] : [])),
  )
  return {
    name: command.name(),
    description: command.description(),
    below: command.commands.map(inner => inner.name()),
    options: [...new Map(flags)].map(([flag, description]) => ({ flag, description })),
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const listOf = (words: readonly string[]): string => quote(words.join(' '))

const bash = (commands: readonly Words[]): string => `# reprise completion bash >> ~/.bashrc
_reprise() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options= below= kind= files=
  # --fake=NAME is three words to bash.
  if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case \${COMP_WORDS[1]} in
${commands.map(({ name, below, options }) => `    ${name}) below=${listOf(below)} options=${listOf(options.map(({ flag }) => flag))} ;;`).join('\n')}
  esac
  case $before in
${Object.entries(valued.options)
  .map(([name, kind]) => `    --${name}) kind=${kind} ;;`)
  .join('\n')}
    *) case \${COMP_WORDS[1]} in
${Object.entries(valued.arguments)
  .map(([name, kind]) => `      ${name}) kind=${kind} files=1 ;;`)
  .join('\n')}
      *) files=1 ;;
    esac ;;
  esac
  if [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W ${listOf(commands.map(({ name }) => name))} -- "$word"))
  elif [ "\${word#-}" != "$word" ]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [ "$COMP_CWORD" = 2 ] && [ -n "$below" ]; then COMPREPLY=($(compgen -W "$below" -- "$word"))
  else
    [ -n "$kind" ] && COMPREPLY=($(compgen -W "$(reprise values "$kind" -- "\${COMP_WORDS[@]}" 2>/dev/null)" -- "$word"))
    [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _reprise reprise
`

const zsh = (commands: readonly Words[]): string => `#compdef reprise
# reprise completion zsh > a file named _reprise in a folder of $fpath
_reprise_values() {
  local -a found=(\${(f)"$(reprise values $1 -- $words 2>/dev/null)"})
  compadd -a found
}
_reprise() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, description }) => quote(`${name}:${description}`)).join(' ')})
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(zshCase).join('\n')}
  esac
}
compdef _reprise reprise
`

const zshCase = ({ name, below, options }: Words): string => {
  const flags = options.map(({ flag, description }) =>
    quote(`${flag}[${description.replaceAll(/[[\]:]/g, ' ')}]${zshValues(optionKind(flag))}`),
  )
  const first = below.length > 0 ? [quote(`2:command:(${below.join(' ')})`)] : []
  const kind = (valued.arguments as Readonly<Record<string, string>>)[name]
  const rest = kind === undefined ? "'*:file:_files'" : quote(`*:value:{ ${zshOffer(kind)}; _files }`)
  return `    ${name}) _arguments ${[...flags, ...first, rest].join(' ')} ;;`
}

const optionKind = (flag: string): string | undefined =>
  (valued.options as Readonly<Record<string, string>>)[flag.slice(2)]

const zshOffer = (kind: string): string => `_reprise_values ${kind}`

const zshValues = (kind: string | undefined): string => (kind === undefined ? '' : `:value:{ ${zshOffer(kind)} }`)

const fish = (
  commands: readonly Words[],
): string => `# reprise completion fish > ~/.config/fish/completions/reprise.fish
${commands.flatMap(fishLines).join('\n')}
`

const fishLines = ({ name, description, below, options }: Words): string[] => {
  const inside = `complete -c reprise -n '__fish_seen_subcommand_from ${name}'`
  return [
    `complete -c reprise -n __fish_use_subcommand -f -a ${name} -d ${quote(description)}`,
    ...(below.length > 0 ? [`${inside} -a ${listOf(below)}`] : []),
    ...fishValues(inside, (valued.arguments as Readonly<Record<string, string>>)[name]),
    ...options.map(option => {
      const kind = optionKind(option.flag)
      const offer = kind === undefined ? '' : ` -r -f -a ${quote(fishOffer(kind))}`
      return `${inside} -l ${option.flag.slice(2)} -d ${quote(option.description)}${offer}`
    }),
  ]
}

const fishOffer = (kind: string): string => `(reprise values ${kind} -- (commandline -opc) 2>/dev/null)`
const fishValues = (inside: string, kind: string | undefined): string[] =>
  kind === undefined ? [] : [`${inside} -a ${quote(fishOffer(kind))}`]

const scripts = { bash, zsh, fish }
