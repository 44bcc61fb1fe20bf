import * as z from 'zod/mini'
import { commandsOf, seconds } from './meant.ts'
import { hooks } from './schema-hooks.ts'
import { rag } from './schema-later.ts'
import { mcpServer, toolset } from './schema-toolset.ts'
import { anything, atLeast, between, flag, free, key, mapping, named, needed, text, texts } from './shapes.ts'
import { versions } from './versions.ts'

const routingRule = z.lazy(() =>
  mapping('RoutingRule', 'A model for requests that resemble these.', {
    model: needed(z.string(), 'A model of the file, or provider/model.'),
    examples: needed(z.array(text), 'Phrases that lead to this model.'),
  }),
)

export const thinkingLevels = ['none', 'minimal', 'low', 'medium', 'high', 'adaptive'] as const

const thinkingBudget = z.lazy(() =>
  z.union([z.enum(thinkingLevels), atLeast(-1)], {
    error: `one of ${thinkingLevels.join(', ')}, or a number of tokens (-1: the model decides, 0: none)`,
  }),
)

const model = z.lazy(() =>
  mapping('Model', 'A model with its settings.', {
    provider: needed(z.string(), 'A built-in provider, or one of `providers`.'),
    model: needed(z.string(), "The provider's name for the model."),
    temperature: key(between(0, 2), 'How freely the model chooses its words.'),
    top_p: key(between(0, 1), 'The share of likely words that it chooses from.'),
    max_tokens: key(atLeast(1), 'The longest answer, in tokens.'),
    frequency_penalty: key(between(-2, 2), 'How much to avoid words that were used often.'),
    presence_penalty: key(between(-2, 2), 'How much to avoid words that were used at all.'),
    base_url: key(text, "Where to call, in place of the provider's own address."),
    token_key: key(text, 'The environment variable that holds the key.'),
    parallel_tool_calls: key(flag, 'Whether the model may ask for several tools at once.'),
    thinking_budget: key(thinkingBudget, 'How much the model reasons before it answers: a level, or tokens.'),
    track_usage: key(flag, 'Whether to ask the provider for the number of tokens.'),
    provider_opts: key(free, 'What only this provider understands.'),
    routing: key(
      z.array(routingRule),
      'Other models for requests that resemble examples; this one for everything else.',
    ),
  }),
)

const provider = z.lazy(() =>
  mapping('Provider', 'An OpenAI-compatible endpoint under a name of your own.', {
    api_type: key(
      z.enum(['openai_chatcompletions', 'openai_responses']),
      'What it speaks; openai_chatcompletions if left out.',
    ),
    base_url: needed(z.string(), 'The address in front of /chat/completions or /responses.'),
    token_key: key(text, 'The environment variable that holds the key; without it no key is sent.'),
  }),
)

const duration = z.lazy(() =>
  z.pipe(
    z.union([z.string().check(z.regex(/^(([0-9]+(\.[0-9]+)?)(ns|us|µs|ms|s|m|h))*$/)), atLeast(0)], {
      error: 'a duration such as 30s or 1m30s, or a number of seconds',
    }),
    z.transform(seconds),
  ),
)

const fallback = z.lazy(() =>
  mapping('Fallback', 'What to do when the model fails.', {
    models: key(texts, 'Models to try instead, in this order.'),
    retries: key(atLeast(-1), 'How often to ask one model again; 0 is the default of 2, -1 is never.'),
    cooldown: key(duration, 'How long to stay with a model that answered instead; 1m if left out.'),
  }),
)

const command = z.lazy(() =>
  mapping('Command', 'A prompt under a name.', {
    description: key(text, 'What it is for.'),
    instruction: key(
      text,
      `What is said; \${args} and \${args[0]} stand for what is typed behind the name, !tool(argument=value) for what a tool answers.`,
    ),
  }),
)
const commandText = z.lazy(() =>
  z.union([text, command], { error: 'text, or a mapping with description and instruction' }),
)

const commands = z.lazy(() =>
  z.pipe(
    z.union([named(commandText), z.array(named(commandText))], { error: 'a mapping from names to prompts' }),
    z.transform(written => commandsOf(written)),
  ),
)

const structuredOutput = z.lazy(() =>
  mapping('StructuredOutput', 'The shape that answers must have.', {
    name: needed(z.string(), 'A name for the shape.'),
    description: key(text, 'What it is.'),
    schema: needed(named(anything), 'The shape, as JSON Schema.'),
    strict: key(flag, 'Whether the provider should enforce it.'),
  }),
)

const skills = z.lazy(() =>
  z.union([flag, texts], { error: 'true or false, or a list of sources (local, or a URL) and names' }),
)

const agent = mapping('Agent', 'An agent.', {
  model: key(
    text,
    'A model of the file, provider/model, or auto: the first provider whose key is set. Several, separated by commas, take turns.',
  ),
  description: key(text, `What it is good at, for its team; \${env.NAME} is filled in.`),
  instruction: key(text, 'What it is told; sent unchanged.'),
  welcome_message: key(text, `What a conversation begins with; \${env.NAME} is filled in.`),
  toolsets: key(z.array(toolset), 'What it can do.'),
  sub_agents: key(texts, 'Agents it can give tasks to.'),
  handoffs: key(texts, 'Agents it can hand the conversation over to.'),
  commands: key(commands, 'Prompts that you send with /name.'),
  fallback: key(fallback, 'What to do when the model fails.'),
  structured_output: key(structuredOutput, 'The shape that its answers must have.'),
  max_iterations: key(atLeast(0), 'The most turns of the model in one run; 0 is no limit.'),
  num_history_items: key(atLeast(0), 'How many messages of the conversation the model is sent; 0 is all.'),
  add_date: key(flag, 'Whether it is told the date.'),
  add_environment_info: key(flag, 'Whether it is told the working directory and the system.'),
  add_prompt_files: key(
    texts,
    'Files that are added to its instruction, looked for from the working directory upwards and in the home folder.',
  ),
  add_description_parameter: key(flag, 'Whether it says with each call what the call is for.'),
  code_mode_tools: key(flag, 'Whether it gets one tool that runs JavaScript instead of all its tools.'),
  rag: key(texts, 'Sources of `rag` that it can search.'),
  skills: key(skills, 'Whether it can read skills, or from where (`local`, or URLs), and which, by their names.'),
  hooks: key(hooks, 'Commands that run at certain moments.'),
})

const metadata = z.lazy(() =>
  mapping('Metadata', 'About the file.', {
    author: key(text, 'Who wrote it.'),
    license: key(text, 'How it may be used.'),
    description: key(text, 'What it is.'),
    readme: key(text, 'More about it.'),
    version: key(text, 'Its version.'),
  }),
)

/** Rules about calls, as an agent file and the file of a project write them. */
export const permissions = z.lazy(() =>
  mapping('Permissions', 'Which tool calls need approval, by patterns such as `shell:cmd=git *`.', {
    allow: key(texts, 'Calls that go ahead.'),
    ask: key(texts, 'Calls that need approval, even if they change nothing.'),
    deny: key(texts, 'Calls that are refused.'),
  }),
)

/** An agent file as it is written, in the latest format. */
export const agentFile = z.strictObject({
  version: key(z.enum(versions), 'The format of the file; the latest if left out.'),
  agents: needed(named(agent), 'The agents by name; you talk to the one called root, or else the first.'),
  models: key(named(model), 'Models by name.'),
  providers: key(named(provider), 'Endpoints by name.'),
  permissions: key(permissions, 'Which tool calls need approval.'),
  mcps: key(named(mcpServer), 'MCP servers by name, for several agents.'),
  rag: key(named(rag), 'Sources that agents can search.'),
  metadata: key(metadata, 'About the file.'),
})

export type WrittenFile = z.infer<typeof agentFile>

/** A checked agent file: the agents in their order, with commands, durations and variables as they are meant. */
export type AgentFile = Omit<WrittenFile, 'agents'> & { readonly agents: readonly AgentConfig[] }
export type AgentConfig = z.infer<typeof agent> & { readonly name: string }
export type ModelConfig = z.infer<typeof model>
export type ToolsetConfig = z.infer<typeof toolset>
