import { basename, extname } from 'node:path'

/** Identifiers of languages that the protocol knows, with the endings of their files; those that are alike need no row. */
const endings: Readonly<Record<string, string>> = {
  typescript: 'ts mts cts',
  typescriptreact: 'tsx',
  javascript: 'js mjs cjs',
  javascriptreact: 'jsx',
  python: 'py pyi',
  rust: 'rs',
  cpp: 'cpp cc cxx c++ hpp hh hxx h++',
  c: 'c h',
  csharp: 'cs',
  ruby: 'rb',
  kotlin: 'kt kts',
  shellscript: 'sh bash zsh',
  powershell: 'ps1 psm1',
  markdown: 'md markdown',
  yaml: 'yaml yml',
  html: 'html htm',
  elixir: 'ex exs',
  erlang: 'erl hrl',
  haskell: 'hs',
  ocaml: 'ml mli',
  fsharp: 'fs fsi fsx',
  clojure: 'clj cljs cljc',
  perl: 'pl pm',
  terraform: 'tf tfvars',
  'objective-c': 'm',
  'objective-cpp': 'mm',
}

const byEnding = new Map(
  Object.entries(endings).flatMap(([language, all]) => all.split(' ').map(ending => [ending, language] as const)),
)
const byName: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  makefile: 'makefile',
  gnumakefile: 'makefile',
  'cmakelists.txt': 'cmake',
}

/** What the protocol calls the language of a file: `typescript` for `a.ts`, `go` for `a.go`. */
export const languageOf = (path: string): string => {
  const name = basename(path).toLowerCase()
  const ending = extname(name).slice(1)
  return byName[name] ?? byEnding.get(ending) ?? (ending === '' ? 'plaintext' : ending)
}
