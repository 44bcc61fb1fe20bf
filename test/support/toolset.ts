import type { JsonObject } from '../../runtime/core/json.ts'
import { type ContentPart, textOf } from '../../runtime/core/message.ts'
import { type Tool, type ToolContext, ToolFailure, type Toolset } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { localWorkspace } from '../../runtime/workspace/local.ts'

/** What a model would read of a call; `failed` where it was told as an error. */
export type Told = { readonly text: string; readonly parts: readonly ContentPart[]; readonly failed: boolean }

export type Calls = (name: string, input?: JsonObject) => Promise<Told>

/** Calls tools of a set as the loop does. What is thrown and is no ToolFailure is a bug, and thrown on. */
export const callsTo =
  (toolset: Toolset, context: Partial<ToolContext> & { readonly workspace: Workspace }): Calls =>
  async (name, input = {}) => {
    const tool = await toolNamed(toolset, name)
    const { signal = new AbortController().signal } = context
    try {
      const parts = await tool.execute(input, { fetch: noNetwork, ...context, signal })
      return { text: textOf(parts), parts, failed: false }
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error
      return { text: error.message, parts: [], failed: true }
    }
  }

export const toolNamed = async (toolset: Toolset, name: string): Promise<Tool> => {
  const tools = await toolset.open(new AbortController().signal)
  const tool = tools.find(tool => tool.name === name)
  if (!tool) throw new Error(`there is no tool ${name} in ${tools.map(({ name }) => name).join(', ')}`)
  return tool
}

/** The files and the shell of a folder, with the PATH of the test. */
export const workspaceIn = (root: string, options: { readonly roots?: readonly string[] } = {}): Workspace =>
  localWorkspace({ root, env: { PATH: process.env['PATH'] ?? '', HOME: root }, ...options })

const noNetwork: typeof globalThis.fetch = async () => {
  throw new Error('this test has no network')
}
