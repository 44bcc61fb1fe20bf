import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { type Tool, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { checked, type Declaration, parametersOf } from './declared.ts'
import { run } from './shell/command.ts'

export type ScriptConfig = {
  /** Commands by the names of their tools. */
  readonly shell?: Readonly<Record<string, Script>> | undefined
  /** The environment of all of them; that of a script wins over it. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

export type Script = Declaration & {
  /** A line of shell, in which the arguments are variables. */
  readonly cmd: string
  readonly description?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly working_dir?: string | undefined
}

/** Seconds; a build may take long, and whoever cannot wait cancels. */
const timeout = 60 * 60

/**
 * Tools that an agent file writes in shell. Arguments are environment variables: nothing in them is read as shell, whatever
 * the model writes. Throws a Failure('config') for a script that could never run.
 */
export const scriptToolset = ({ shell = {}, env = {} }: ScriptConfig): Toolset => {
  const tools = Object.entries(shell).map(([name, script]) => scriptTool(name, script, env))
  return {
    name: 'script',
    open: async () => tools,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const scriptTool = (name: string, script: Script, env: Readonly<Record<string, string>>): Tool => {
  const parameters = parametersOf(name, script)
  for (const argument of Object.keys(parameters.properties)) mustBeVariable(name, argument)
  return {
    name,
    description: script.description || `Execute shell command: ${script.cmd}`,
    parameters: parameters.schema,
    isOpaque: true,
    async execute(input, context) {
      const given = checked(name, parameters, input)
      const { said, problem } = await run(
        {
          line: script.cmd,
          cwd: script.working_dir,
          env: { ...env, ...script.env, ...variablesOf(Object.keys(parameters.properties), given) },
          timeout,
        },
        context,
      )
      if (problem) throw new ToolFailure(`Error executing command '${script.cmd}': ${problem.text}\nOutput: ${said}`)
      return [{ type: 'text', text: said || '<no output>' }]
    },
  }
}

const mustBeVariable = (tool: string, argument: string): void => {
  if (/^[A-Za-z_]\w*$/.test(argument)) return
  throw new Failure('config', `The arg '${argument}' of the tool ${tool} cannot be a variable of the shell.`, {
    hint: 'Use letters, digits and underscores, with no digit in front.',
  })
}

/** What was left out is empty: a variable of that name around us is none of the command's business. */
const variablesOf = (names: readonly string[], given: JsonObject): Record<string, string> =>
  Object.fromEntries(names.map(name => [name, variableFor(name, given[name] ?? '')]))

const variableFor = (name: string, value: Json): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.includes('\0')) throw new ToolFailure(`The parameter ${name} holds a null byte, which no variable can.`)
  return text
}
