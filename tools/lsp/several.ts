import type { ContentPart } from '../../runtime/core/message.ts'
import { type Tool, ToolFailure, type Toolset } from '../../runtime/core/tool.ts'

/** The toolset of a language server, and for which files it is. */
export type Backend = {
  readonly name: string
  readonly handles: (file: string) => boolean
  readonly toolset: Toolset
}

/** What is asked of all servers, since it is about no file. */
const ofAll = ['lsp_workspace', 'lsp_workspace_symbols']

/** Several language servers under one set of names: who is for a file answers for it. */
export const sideBySide = (backends: readonly Backend[]): Toolset => ({
  name: 'lsp',
  instructions: [...new Set(backends.flatMap(({ toolset }) => toolset.instructions || []))].join('\n\n'),
  async open(signal) {
    const opened = await Promise.all(
      backends.map(async ({ toolset, ...backend }) => ({ ...backend, tools: await toolset.open(signal) })),
    )
    const names = new Set(opened.flatMap(({ tools }) => tools.map(({ name }) => name)))
    return [...names].flatMap(name => {
      const choices = opened.flatMap(({ tools, ...backend }) =>
        tools.filter(tool => tool.name === name).map(tool => ({ ...backend, tool })),
      )
      const [first] = choices
      return first ? [{ ...first.tool, execute: ofAll.includes(name) ? byAll(choices) : byOne(choices) }] : []
    })
  },
  async [Symbol.asyncDispose]() {
    await Promise.all(backends.map(({ toolset }) => toolset[Symbol.asyncDispose]()))
  },
})

type Choice = Omit<Backend, 'toolset'> & { readonly tool: Tool }

const byOne =
  (choices: readonly Choice[]): Tool['execute'] =>
  async (input, context) => {
    const { file } = input
    if (typeof file !== 'string') return (await choices[0]?.tool.execute(input, context)) ?? []
    const choice = choices.find(({ handles }) => handles(file))
    if (choice) return await choice.tool.execute(input, context)
    throw new ToolFailure(
      `No language server is there for ${file}: ${choices.map(({ name }) => name).join(', ')} are for others.`,
    )
  }

/** What each of them says; those that fail are told of, unless all do. */
const byAll =
  (choices: readonly Choice[]): Tool['execute'] =>
  async (input, context) => {
    const answers = await Promise.all(
      choices.map(({ name, tool }) => answerOf(name, () => tool.execute(input, context))),
    )
    const said = answers.flatMap(({ parts }, index): readonly ContentPart[] =>
      index === 0 ? parts : [{ type: 'text', text: '\n---\n' }, ...parts],
    )
    if (answers.every(({ failed }) => failed))
      throw new ToolFailure(said.map(part => ('text' in part ? part.text : '')).join(''))
    return said
  }

const answerOf = async (name: string, work: () => Promise<readonly ContentPart[]>) => {
  try {
    return { parts: await work(), failed: false }
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    return { parts: [{ type: 'text', text: `[LSP ${name}] ${error.message}` }] satisfies ContentPart[], failed: true }
  }
}
