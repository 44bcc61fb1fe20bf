import type { AskForm, Form } from '../runtime/core/form.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { defineTool, object, optional, text } from './define.ts'

/** `from` is who asks, for people; `ask` is absent where nobody can be asked. */
export type UserPromptConfig = { readonly from: string; readonly ask?: AskForm }

const instructions = `# Asking the user

Use \`user_prompt\` when you need something that only the user can tell: a decision, a missing detail, a yes to
something risky. Ask once for all you need. Without \`schema\` the answer is free text, in \`content.response\`. With it
the user fills in a form:

- a choice: \`{"type": "string", "enum": ["small", "large"]}\`; its answer is in \`content.response\`, too
- several fields: \`{"type": "object", "properties": {"name": {"type": "string"}, "guests": {"type": "integer"}},
  "required": ["name"]}\`; fields are text, numbers, true or false, one of \`enum\`, or \`array\`s of these

The result says what the user did: \`accept\`, \`decline\` (a no: do not ask again), or \`cancel\` (nobody answered).`

/** One tool that asks the person at hand. What he says is the result of the call: a replay asks nobody. */
export const userPromptToolset = ({ from, ask }: UserPromptConfig): Toolset => ({
  name: 'user_prompt',
  instructions,
  open: async () => [
    defineTool({
      name: 'user_prompt',
      description: 'Ask the user something, and wait for the answer: free text, or a form as its JSON Schema says.',
      parameters: {
        message: text('The question, with what the user needs to know to answer it'),
        title: optional(text('What it is about, in a few words')),
        schema: optional(object('JSON Schema of the answer: an object of plain properties, or one plain type')),
      },
      readOnly: true,
      async execute({ message, title, schema }, { signal }) {
        if (!ask) throw new ToolFailure(`{"action":"cancel"}\n${nobody}`)
        const answer = await ask(formOf({ from, message, title, schema }), signal)
        const told = JSON.stringify(answer)
        if (answer.action !== 'accept') throw new ToolFailure(told)
        return told
      },
    }),
  ],
  [Symbol.asyncDispose]: async () => undefined,
})

const nobody =
  'Nobody can be asked: there is no person at this run. Go on with what you know, or end by saying what you need to know.'

type Asked = Pick<Form, 'from' | 'message'> & {
  readonly title: string | undefined
  readonly schema: JsonObject | undefined
}

/** A form is an object with properties: one plain type, and nothing at all, are asked for as its only one. */
const formOf = ({ from, message, title, schema }: Asked): Form => ({
  from,
  message,
  ...(title !== undefined && { title }),
  schema: schema?.['properties'] ? schema : only(schema && schema['type'] !== 'object' ? schema : { type: 'string' }),
})

const only = (response: JsonObject): JsonObject => ({
  type: 'object',
  properties: { response: { title: 'Answer', ...response } },
  required: ['response'],
})
