import * as z from 'zod/mini'
import { atLeast, key, mapping, needed, text, textByName } from './shapes.ts'

const hook = z.lazy(() =>
  mapping('Hook', 'A command that runs at a certain moment.', {
    type: needed(z.literal('command'), 'The kind.'),
    command: needed(z.string(), 'The command; it gets JSON on its standard input.'),
    timeout: key(atLeast(1), 'Seconds to wait; 60 if left out.'),
    env: key(textByName, `Environment variables; $NAME and \${NAME} are filled in.`),
    working_dir: key(text, 'The folder in which it runs.'),
  }),
)

/** The hooks of an agent. */
export const hooks = z.lazy(() => {
  const each = z.array(hook)
  const toolHooks = z.array(
    mapping('ToolHook', 'Commands for some tools.', {
      matcher: key(text, 'A regular expression for names of tools; * is all.'),
      hooks: needed(z.array(hook).check(z.minLength(1)), 'The commands.'),
    }),
  )
  return mapping('Hooks', 'Commands that run at certain moments.', {
    pre_tool_use: key(toolHooks, 'Before a tool is called: they may stop the call, or rewrite it.'),
    post_tool_use: key(toolHooks, 'After a tool has been called.'),
    session_start: key(each, 'When a session begins.'),
    session_end: key(each, 'When a session ends.'),
    on_user_input: key(each, 'When the agent waits for the user.'),
  })
})
