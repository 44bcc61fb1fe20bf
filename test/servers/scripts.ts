import type { FormAnswer } from '../../runtime/core/form.ts'
import type { ProviderStep } from '../support/provider-server.ts'
import { teamExamples } from './scripts-teams.ts'
import { toolExamples } from './scripts-tools.ts'

/** An example as it is recorded: what is said to the agent of that name, and what the models answer, turn by turn. */
export type Example = {
  readonly message: string
  readonly answers: readonly ProviderStep[]
  /** The files that the agent finds, by their paths. */
  readonly files?: Readonly<Record<string, string>>
  readonly yolo?: boolean
  /** What the user answers when he is asked. */
  readonly answer?: FormAnswer
  /** What tools find at addresses. */
  readonly pages?: Readonly<Record<string, string>>
}

const hello: Example = {
  message: 'What is a cassette?',
  answers: [
    {
      text:
        'A cassette is a recording of everything an agent did: what the models were asked and what they answered, ' +
        'which tools were called and what they gave back. It is a YAML file that you can read, review and commit. ' +
        'Played back, it gives the same answer again, without a key, without a network, and for free.',
      usage: { input: 61, output: 66 },
    },
  ],
}

const review = `## Security review of \`pkg/auth/handler.go\`

**Critical**

1. **SQL injection (line 30).** The email is pasted into the statement with \`fmt.Sprintf\`. Sending \`' OR 1=1 --\` logs anybody in. Use placeholders: \`h.DB.QueryRowContext(r.Context(), "SELECT id, password_hash FROM users WHERE email = $1", c.Email)\`.
2. **Passwords hashed with MD5, without salt (line 29).** A leaked table is broken within minutes. Store \`bcrypt\` or \`argon2id\` hashes and compare with \`bcrypt.CompareHashAndPassword\`.
3. **Session tokens can be guessed (line 39).** \`math/rand\` is predictable and the user's id is in the token. Take 32 bytes from \`crypto/rand\` and keep the session on the server.

**High**

4. **Passwords in the log (line 27).** \`%+v\` prints the whole struct. Log the email at most.
5. **Open redirect (lines 42 and 43).** \`next\` may be any URL. Allow only paths that begin with a single \`/\`.
6. **Cookie without \`HttpOnly\`, \`Secure\` and \`SameSite\` (line 40).**

**Medium**

7. The database's error text is sent to the client (line 35), which tells apart what should look alike. Answer "wrong email or password", and nothing else.
8. The error of \`Decode\` is ignored, and the body has no limit (line 26): use \`http.MaxBytesReader\`.
9. There is no limit on attempts.

Begin with 1 to 3: each of them alone lets an attacker in.`

const codeReviewer = (handler: string): Example => ({
  message: 'Review pkg/auth/handler.go for security issues',
  yolo: true,
  files: { 'pkg/auth/handler.go': handler, 'go.mod': 'module example.com/shop\n\ngo 1.24\n' },
  answers: [
    {
      text: "I'll read the file first.",
      toolCalls: [{ name: 'read_file', input: { path: 'pkg/auth/handler.go' } }],
      usage: { input: 1846, output: 71 },
    },
    { text: review, usage: { input: 2391, output: 523 } },
  ],
})

const team: Example = {
  message: 'Write a note on why the sea is salty.',
  answers: [
    {
      when: 'You lead a small team that writes short notes',
      toolCalls: [
        {
          name: 'transfer_task',
          input: {
            agent: 'researcher',
            task: 'Find out why sea water is salty: where the salt comes from, and why rivers are not salty.',
            expected_output: 'At most three bullet points, each one sentence.',
          },
        },
        {
          name: 'transfer_task',
          input: {
            agent: 'editor',
            task: 'Find a title for a short note on why the sea is salty.',
            expected_output: 'One title of at most eight words.',
          },
        },
      ],
      usage: { input: 412, output: 118 },
    },
    {
      when: 'You find facts',
      toolCalls: [
        {
          name: 'think',
          input: {
            thought:
              'Three things matter: weathering of rocks brings ions to the sea, vents on the sea floor add more, and evaporation leaves them behind while rivers are always flushed.',
          },
        },
      ],
      usage: { input: 287, output: 52 },
    },
    {
      when: 'You write titles',
      text: 'Why the Sea Keeps Its Salt',
      usage: { input: 164, output: 8 },
    },
    {
      when: 'You find facts',
      text: `- Rain, slightly acid, dissolves minerals from rocks, and rivers carry their ions, sodium and chloride above all, to the sea.
- Hot springs on the sea floor and volcanoes add more dissolved minerals.
- Water leaves the sea only by evaporation, which leaves the salt behind, while rivers are always renewed by rain.`,
      usage: { input: 391, output: 74 },
    },
    {
      when: 'You lead a small team that writes short notes',
      text: `# Why the Sea Keeps Its Salt

Every river tastes fresh, and all of them run into a sea that does not. The salt was in the rivers all along, too little of it to notice: rain dissolves it from the rocks, a trace at a time. Hot springs on the sea floor add their share. Then the sun takes back the water and leaves the salt. Rivers are renewed with every rain; the sea has been collecting for some four billion years.`,
      usage: { input: 655, cached: 384, output: 98 },
    },
  ],
}

const steps = ['Agree on date and guests', 'Send invitations', 'Order a cake', 'Buy drinks and snacks', 'Choose music']

const openai: Example = {
  message: 'Plan a small birthday party.',
  answers: [
    {
      reasoning: 'The user wants a plan for a small party. I should break it into steps and put them into the list.',
      toolCalls: [{ name: 'create_todos', input: { descriptions: steps } }],
      usage: { input: 498, output: 141, reasoning: 64 },
    },
    {
      text: `Here is the plan for the party:

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}

All five are in the todo list. Shall we begin with the date?`,
      usage: { input: 812, cached: 448, output: 63, reasoning: 0 },
    },
  ],
}

const anthropic: Example = {
  message: 'How many files are here, and which is the largest?',
  yolo: true,
  files: {
    'notes.md': '# Notes\n\nBuy strings for the guitar.\n',
    'song.txt': 'The tape goes round, the tape goes round,\nand what was said is what is found.\n',
    'todo.txt': '- record\n- rewind\n',
  },
  answers: [
    {
      reasoning: 'The user asks about the files in the folder. `wc -c` gives the sizes of all of them in one go.',
      toolCalls: [{ name: 'shell', input: { cmd: 'wc -c *' } }],
      usage: { input: 1204, output: 112 },
    },
    {
      text: 'There are three files here: `notes.md`, `song.txt` and `todo.txt`. The largest is `song.txt`, with 78 bytes.',
      usage: { input: 1391, output: 41 },
    },
  ],
}

const gemini: Example = {
  message: 'Review: the coffee was cold, but the waiter was kind.',
  answers: [
    {
      text: '{"mood": "mixed", "reasons": ["The coffee was cold.", "The waiter was kind."]}',
      usage: { input: 38, output: 27 },
    },
  ],
}

const mcp: Example = {
  message: 'Who plays what? It is in band.md. Remember it.',
  yolo: true,
  files: { 'band.md': '# The band\n\n- Ann: bass\n- Bo: drums, when he comes\n' },
  answers: [
    {
      toolCalls: [{ name: 'files_read_text_file', input: { path: 'band.md' } }],
      usage: { input: 702, output: 19 },
    },
    {
      when: 'when he comes',
      toolCalls: [
        {
          name: 'create_entities',
          input: {
            entities: [
              { name: 'Ann', entityType: 'person', observations: ['plays the bass'] },
              { name: 'Bo', entityType: 'person', observations: ['plays the drums', 'does not always come'] },
            ],
          },
        },
      ],
      usage: { input: 761, output: 74 },
    },
    {
      text: 'Ann plays the bass and Bo the drums, when he comes; I will remember it.',
      usage: { input: 902, output: 20 },
    },
  ],
}

const counting = `const files = list_directory({ path: 'sales' }).split('\\n').filter(line => line.endsWith('.csv'))
const months = files.map(line => {
  const file = line.replace(/^FILE /, '')
  const rows = read_file({ path: 'sales/' + file }).trim().split('\\n').slice(1)
  return { month: file.replace('.csv', ''), total: rows.reduce((sum, row) => sum + Number(row.split(',')[1]), 0) }
})
console.log(files.length + ' files')
return JSON.stringify({ months, total: months.reduce((sum, { total }) => sum + total, 0) })`

const script: Example = {
  message: 'Which month sold most, and how much is it in all?',
  files: {
    'sales/2026-01.csv': 'item,amount\ntea,120\ncoffee,340\n',
    'sales/2026-02.csv': 'item,amount\ntea,90\ncoffee,410\ncocoa,55\n',
    'sales/2026-03.csv': 'item,amount\ntea,130\ncoffee,280\n',
  },
  answers: [
    {
      toolCalls: [{ name: 'run_tools_with_javascript', input: { script: counting } }],
      usage: { input: 512, output: 141 },
    },
    { text: 'February sold most, with 555. In all it is 1425.', usage: { input: 731, output: 17 } },
  ],
}

/** Every file in agents/ by its name; `handler` is the Go file that the code reviewer reads. */
export const examplesWith = (handler: string): Readonly<Record<string, Example>> => ({
  ...toolExamples,
  ...teamExamples,
  hello,
  'code-reviewer': codeReviewer(handler),
  team,
  openai,
  anthropic,
  gemini,
  mcp,
  script,
})
