import * as z from 'zod/mini'
import { anything, atLeast, flag, free, key, mapping, named, needed, text, textByName, texts } from './shapes.ts'

/** All types of toolsets that an agent file may name. */
export const toolsetTypes = [
  'filesystem',
  'shell',
  'think',
  'todo',
  'tasks',
  'memory',
  'script',
  'fetch',
  'mcp',
  'api',
  'a2a',
  'lsp',
  'user_prompt',
  'openapi',
  'model_picker',
  'background_agents',
] as const
export type ToolsetType = (typeof toolsetTypes)[number]

const oauth = z.lazy(() =>
  mapping('OAuth', 'How to log in to a server.', {
    clientId: key(text, 'The client that was registered there.'),
    clientSecret: key(text, 'Its secret.'),
    callbackPort: key(atLeast(1), 'The port of the address 127.0.0.1/callback, if it was registered with one.'),
    scopes: key(texts, 'What to ask for, if the server does not say.'),
  }),
)

const remote = z.lazy(() =>
  mapping('Remote', 'A remote server.', {
    url: needed(z.string(), 'Its address.'),
    transport_type: key(z.enum(['sse', 'streamable', 'streamable-http']), 'How to speak with it.'),
    headers: key(textByName, 'Headers to send.'),
    oauth: key(oauth, 'How to log in, for servers whose issuer registers no clients by itself.'),
  }),
)

const scriptTool = z.lazy(() =>
  mapping('ScriptTool', 'A command as a tool.', {
    cmd: needed(z.string(), 'The command; its arguments are environment variables.'),
    description: key(text, 'What it does.'),
    args: key(free, 'The arguments, as JSON Schema properties.'),
    required: key(texts, 'The arguments that must be given.'),
    env: key(textByName, 'Environment variables.'),
    working_dir: key(text, 'The folder in which it runs.'),
  }),
)

const postEdit = z.lazy(() =>
  mapping('PostEdit', 'A command after an edit.', {
    path: needed(z.string(), 'The pattern of file names.'),
    cmd: needed(z.string(), 'The command; $path is the file.'),
  }),
)

const apiTool = z.lazy(() =>
  mapping('ApiTool', 'A request as a tool.', {
    name: needed(z.string(), 'The name of the tool.'),
    instruction: key(text, 'What it does.'),
    endpoint: needed(z.string(), `The address, in which \${name} stands for an argument.`),
    method: key(
      text,
      'GET if left out; HEAD, POST, PUT, PATCH or DELETE. Arguments of the middle three are sent as JSON.',
    ),
    headers: key(textByName, 'Headers to send.'),
    args: key(free, 'The arguments, as JSON Schema properties.'),
    required: key(texts, 'The arguments that must be given.'),
    output_schema: key(free, 'What comes back, as JSON Schema.'),
  }),
)

const defer = z.lazy(() => z.union([flag, texts], { error: 'true or false, or a list of tools' }))

/** Keys of an MCP server, which a toolset may have as well. */
const common = () => ({
  tools: key(texts, 'Only these tools of the set.'),
  instruction: key(
    text,
    'How to use the tools, instead of the built-in text; `{ORIGINAL_INSTRUCTIONS}` stands for that.',
  ),
  toon: key(text, 'Tools whose JSON is shortened for the model, as patterns separated by commas.'),
  model: key(text, 'The model for the turn after these tools were used.'),
  defer: key(defer, 'Whether tools are found on demand instead of being listed.'),
  command: key(text, 'The server to start.'),
  args: key(texts, 'Its arguments.'),
  version: key(text, 'Where to get the server from.'),
  ref: key(text, 'One of `mcps`, or docker:name.'),
  remote: key(remote, 'A remote server.'),
  config: key(anything, 'What the server is sent when it starts.'),
  name: key(text, 'Put in front of the names of the tools.'),
  env: key(textByName, `Environment variables; $NAME and \${NAME} are filled in.`),
  timeout: key(atLeast(1), 'Seconds to wait.'),
})

/** One shape for all types: which key goes with which type is said in toolset-rules.ts. */
export const toolset = z.lazy(() =>
  mapping('Toolset', 'Tools of one kind.', {
    type: needed(z.enum(toolsetTypes), 'The kind.'),
    ...common(),
    shared: key(flag, 'Whether all agents have one list.'),
    path: key(text, 'The file to keep things in.'),
    shell: key(named(scriptTool), 'Commands by the names of their tools.'),
    post_edit: key(z.array(postEdit), 'Commands that run after an edit.'),
    allow_list: key(texts, 'The only folders that may be reached, also through links; all if left out.'),
    ignore_vcs: key(flag, 'Whether to leave out what .gitignore names; true if left out.'),
    api_config: key(apiTool, 'The request.'),
    url: key(text, 'The address; of a specification also a file, named from the agent file.'),
    headers: key(textByName, 'Headers to send.'),
    allow_private_ips: key(flag, 'Whether addresses of this machine and of private networks may be fetched.'),
    file_types: key(texts, 'Extensions of the files that the server handles.'),
    models: key(texts, 'The models to choose from.'),
  }),
)

/** An MCP server under a name. */
export const mcpServer = z.lazy(() =>
  mapping('McpServer', 'An MCP server.', { type: key(z.literal('mcp'), 'The kind.'), ...common() }),
)
