import { createInterface } from 'node:readline'
import type { ContentPart } from '../core/message.ts'
import { attachment } from './attachments.ts'
import { failureOf } from './exit.ts'
import { type Terminal, write } from './terminal.ts'

/** What is said when a conversation line by line begins, and why Ctrl-C did not end it. */
export const beginning = 'Enter sends what you type. Ctrl-C interrupts, Ctrl-D leaves, /help tells more.\n'
const stillHere = '\nCtrl-C again leaves, and so does Ctrl-D.\n'

const help = `Enter sends the line. Several lines that are pasted at once are said one after the other.
Up and Down bring back what was said before.
While the agent works: Ctrl-C interrupts it, twice ends Reprise.
At this prompt: Ctrl-C empties the line, twice leaves; Ctrl-D leaves.
When a call needs approval, one key answers: y yes, n no, a yes to all, and ? tells more.
/attach FILE sends an image, a PDF or a text along with the next line.
/compact sums up what was said. /quit leaves.
The agent's own commands: say their names behind a slash.
`

/** What is typed, a message a line, until the input ends or somebody leaves. */
export async function* typedMessages(terminal: Terminal, folder: string): AsyncGenerator<ContentPart[]> {
  let files: ContentPart[] = []
  for await (const line of typed(terminal)) {
    const text = line.trim()
    const [, command = '', rest = ''] = /^\/(help|quit|exit|attach)(?:\s+(.*))?$/.exec(text) ?? []
    if (command === 'quit' || command === 'exit') return
    if (command === 'help') await write(terminal.stdout, help)
    else if (command === 'attach') files = await attached(files, rest, terminal, folder)
    else if (text !== '') {
      yield [{ type: 'text', text: line }, ...files]
      files = []
    }
  }
}

const attached = async (
  files: ContentPart[],
  path: string,
  terminal: Terminal,
  folder: string,
): Promise<ContentPart[]> => {
  if (path === '') {
    await write(
      terminal.stdout,
      files.length === 0 ? 'Which file? Say /attach and its path.\n' : 'No file goes along.\n',
    )
    return []
  }
  try {
    const part = attachment(path, folder)
    await write(terminal.stdout, `${path} goes along with the next line.\n`)
    return [...files, part]
  } catch (error) {
    failureOf(error, terminal)
    return files
  }
}

/** A reader a line: between two lines the keys belong to the questions of tool calls. What was pasted at once is kept. */
async function* typed({ stdin, screen: stdout }: Terminal): AsyncGenerator<string> {
  const pasted: string[] = []
  let history: string[] = []
  for (;;) {
    const reader = createInterface({ input: stdin, output: stdout, terminal: true, prompt: '> ', history })
    const line = await new Promise<boolean>(resolve => {
      let isLeaving = false
      // A line of its own for the prompt: one that is a part of it would be drawn over what stands above.
      const ask = () => {
        stdout.write('\n')
        reader.prompt()
      }
      reader.on('line', text => resolve(pasted.push(text) > 0))
      reader.on('close', () => resolve(false))
      reader.on('history', lines => {
        history = lines
      })
      reader.on('SIGINT', () => {
        if (isLeaving && reader.line === '') return reader.close()
        isLeaving = true
        // As Ctrl-U and Ctrl-K do: what was typed goes.
        reader.write(null, { ctrl: true, name: 'e' })
        reader.write(null, { ctrl: true, name: 'u' })
        stdout.write(stillHere)
        ask()
      })
      ask()
    })
    reader.close()
    if (!line) return
    yield* pasted.splice(0)
  }
}
