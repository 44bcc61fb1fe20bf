/** The smallest agent; OpenAI's chat protocol. */
export const helloAgent = `agents:
  root:
    model: openai/gpt-4o-mini
    instruction: Answer in one word.
`

/** An agent with files and a shell; Anthropic's protocol. */
export const toolAgent = `agents:
  root:
    model: anthropic/claude-sonnet-4-0
    instruction: Use your tools.
    toolsets:
      - type: filesystem
      - type: shell
`

/** A lead with two members, one of whom can read files. */
export const teamAgent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Give one task to each of your members.
    sub_agents: [reader, writer]
  reader:
    model: openai/gpt-4o
    description: Reads
    instruction: You are the reader.
    toolsets:
      - type: filesystem
  writer:
    model: openai/gpt-4o-mini
    description: Writes
    instruction: You are the writer.
`
