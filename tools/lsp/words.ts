import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  Diagnostic,
  DocumentSymbol,
  Hover,
  InlayHint,
  MarkupContent,
  SignatureHelp,
  SymbolInformation,
  TypeHierarchyItem,
  WorkspaceSymbol,
} from 'vscode-languageserver-protocol/node'
import { cutText, more, mostTold, shownUri } from './places.ts'

const kinds =
  'File Module Namespace Package Class Method Property Field Constructor Enum Interface Function Variable Constant String Number Boolean Array Object Key Null EnumMember Struct Event Operator TypeParameter'.split(
    ' ',
  )

const kindOf = (kind: number): string => kinds[kind - 1] ?? `Kind${kind}`

/** Characters of a documentation that are told. */
const mostWords = 10_000

const words = (content: string | MarkupContent | Hover['contents'] | undefined): string => {
  if (content === undefined) return ''
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(words).join('\n\n')
  return 'language' in content ? `\`\`\`${content.language}\n${content.value}\n\`\`\`` : content.value
}

export const hoverText = ({ contents }: Hover): string => cutText(words(contents).trim(), mostWords)

/** Symbols of a file as a tree, or of a project as a list. */
export const symbolsText = (
  symbols: readonly (DocumentSymbol | SymbolInformation | WorkspaceSymbol)[],
  root: string,
): string => {
  const lines = symbols.flatMap(symbol => ('location' in symbol ? [listed(symbol, root)] : tree(symbol, '')))
  return [...lines.slice(0, mostTold), ...more(lines.length)].join('\n')
}

const tree = ({ kind, name, range, detail, children = [] }: DocumentSymbol, indent: string): string[] => [
  `${indent}- ${kindOf(kind)} ${name}${detail ? ` ${cutText(detail)}` : ''} (line ${range.start.line + 1})`,
  ...children.flatMap(child => tree(child, `${indent}  `)),
]

const listed = ({ kind, name, location, containerName }: SymbolInformation | WorkspaceSymbol, root: string): string => {
  const line = 'range' in location ? `:${location.range.start.line + 1}:${location.range.start.character + 1}` : ''
  const inside = containerName ? ` [in ${containerName}]` : ''
  return `- ${kindOf(kind)} ${name} (${shownUri(location.uri, root)}${line})${inside}`
}

const severities = ['Error', 'Warning', 'Info', 'Hint']

export const diagnosticsText = (file: string, found: readonly Diagnostic[], root: string): string => {
  const lines = [...found]
    .sort((one, other) => one.range.start.line - other.range.start.line)
    .map(({ range, severity = 1, message, source, code, relatedInformation = [] }) => {
      const from = [source, code].filter(part => part !== undefined && part !== '').join(' ')
      const related = relatedInformation
        .slice(0, 5)
        .map(
          ({ location, message }) =>
            `\n    ${shownUri(location.uri, root)}:${location.range.start.line + 1}: ${message}`,
        )
      const { line, character } = range.start
      const text = typeof message === 'string' ? message : (message as MarkupContent).value
      return `- [${severities[severity - 1] ?? 'Error'}] Line ${line + 1}:${character + 1}: ${text}${from && ` (${from})`}${related.join('')}`
    })
  return [`Diagnostics for ${file}:`, ...lines.slice(0, mostTold), ...more(lines.length)].join('\n')
}

const itemText = ({ kind, name, uri, selectionRange, detail }: CallHierarchyItem | TypeHierarchyItem, root: string) => {
  const { line, character } = selectionRange.start
  return `- ${kindOf(kind)} ${name} (${shownUri(uri, root)}:${line + 1}:${character + 1})${detail ? ` [${detail}]` : ''}`
}

export const incomingText = (name: string, calls: readonly CallHierarchyIncomingCall[], root: string): string =>
  titled(
    `Incoming calls to '${name}'`,
    calls.map(({ from, fromRanges }) => {
      const lines = fromRanges.map(({ start }) => start.line + 1)
      return `${itemText(from, root)}${lines.length > 0 ? ` calls at line(s) ${lines.join(', ')}` : ''}`
    }),
  )

export const outgoingText = (name: string, calls: readonly CallHierarchyOutgoingCall[], root: string): string =>
  titled(
    `Outgoing calls from '${name}'`,
    calls.map(({ to }) => itemText(to, root)),
  )

export const typesText = (
  { name, direction }: { readonly name: string; readonly direction: 'supertypes' | 'subtypes' },
  items: readonly TypeHierarchyItem[],
  root: string,
): string =>
  titled(
    `${direction === 'supertypes' ? 'Supertypes' : 'Subtypes'} of '${name}'`,
    items.map(item => itemText(item, root)),
  )

const titled = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? `${title}: none` : [`${title}:`, ...lines.slice(0, mostTold), ...more(lines.length)].join('\n')

export const signaturesText = ({ signatures, activeSignature = 0, activeParameter }: SignatureHelp): string =>
  signatures
    .slice(0, 20)
    .map((signature, index) => {
      const { label, documentation, parameters = [] } = signature
      const active = signature.activeParameter ?? activeParameter ?? 0
      const lines = parameters.map((parameter, place) => {
        const name =
          typeof parameter.label === 'string' ? parameter.label : label.slice(parameter.label[0], parameter.label[1])
        const said = words(parameter.documentation)
        return `${place + 1}. ${name}${place === active ? ' [ACTIVE]' : ''}${said && ` - ${said}`}`
      })
      return [
        `Function: ${label}${index === activeSignature ? ' [ACTIVE]' : ''}`,
        ...(documentation ? ['', words(documentation)] : []),
        ...(lines.length > 0 ? ['', 'Parameters:', ...lines] : []),
      ].join('\n')
    })
    .join('\n\n')

const hintKinds: Readonly<Record<number, string>> = { 1: 'type', 2: 'parameter' }

export const hintsText = (where: string, hints: readonly InlayHint[]): string => {
  const lines = hints.map(({ position, label, kind }) => {
    const text = typeof label === 'string' ? label : label.map(({ value }) => value).join('')
    return `- Line ${position.line + 1}, Col ${position.character + 1}: '${text}' (${hintKinds[kind ?? 0] ?? 'hint'})`
  })
  return [`Inlay hints for ${where}:`, ...lines.slice(0, mostTold), ...more(lines.length)].join('\n')
}
