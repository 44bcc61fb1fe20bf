import type { Example } from './scripts.ts'

const rename: Example = {
  message: 'Shape should be called Form. Rename it, and tell me where it is used.',
  yolo: true,
  files: {
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "noEmit": true }, "include": ["src"] }\n',
    'src/shape.ts': 'export interface Shape {\n  area(): number\n}\n',
    'src/square.ts':
      "import type { Shape } from './shape'\n\nexport class Square implements Shape {\n  constructor(readonly side: number) {}\n  area(): number {\n    return this.side ** 2\n  }\n}\n",
    'src/total.ts':
      "import type { Shape } from './shape'\n\nexport const total = (shapes: Shape[]): number => shapes.reduce((sum, one) => sum + one.area(), 0)\n",
  },
  answers: [
    {
      toolCalls: [{ name: 'lsp_document_symbols', input: { file: 'src/shape.ts' } }],
      usage: { input: 1412, output: 21 },
    },
    {
      toolCalls: [{ name: 'lsp_references', input: { file: 'src/shape.ts', line: 1, character: 18 } }],
      usage: { input: 1468, output: 31 },
    },
    {
      toolCalls: [{ name: 'lsp_rename', input: { file: 'src/shape.ts', line: 1, character: 18, new_name: 'Form' } }],
      usage: { input: 1630, output: 36 },
    },
    {
      toolCalls: ['src/shape.ts', 'src/square.ts', 'src/total.ts'].map(file => ({
        name: 'lsp_diagnostics',
        input: { file },
      })),
      usage: { input: 1711, output: 64 },
    },
    {
      text: 'Shape is called Form now, in `src/shape.ts` where it is defined, and where it is used: `src/square.ts` and `src/total.ts`. There are no errors.',
      usage: { input: 1798, output: 44 },
    },
  ],
}

const moving = {
  type: 'object',
  required: ['from', 'to', 'help'],
  properties: {
    from: { type: 'string', title: 'From where' },
    to: { type: 'string', title: 'To where' },
    help: { type: 'string', title: 'Who carries', enum: ['friends', 'a company'] },
    piano: { type: 'boolean', title: 'Is there a piano' },
  },
}

const task = (title: string, priority: string) => ({ name: 'create_task', input: { title, priority } })

const mover: Example = {
  message: 'I move in March. Help me plan it.',
  yolo: true,
  answer: { action: 'accept', content: { from: 'Porto', to: 'Lisbon', help: 'friends', piano: true } },
  answers: [
    {
      toolCalls: [
        {
          name: 'user_prompt',
          input: { title: 'your move', message: 'Tell me a little about it.', schema: moving },
        },
      ],
      usage: { input: 1203, output: 118 },
    },
    {
      toolCalls: [
        task('Rent a van with a lift, for the piano', 'high'),
        task('Ask friends for a Saturday in March', 'high'),
        task('Pack', 'medium'),
        { name: 'add_memory', input: { memory: 'Moves from Porto to Lisbon in March, with friends and a piano.' } },
      ],
      usage: { input: 1391, output: 142 },
    },
    {
      toolCalls: [
        { name: 'add_dependency', input: { taskId: 'task_3', dependsOnId: 'task_2' } },
        { name: 'next_task', input: {} },
      ],
      usage: { input: 1702, output: 39 },
    },
    {
      text: 'Three things to do, the first of them: rent a van with a lift, since there is a piano. Packing waits for the Saturday that suits your friends.',
      usage: { input: 1798, output: 41 },
    },
  ],
}

const rooms = {
  openapi: '3.1.0',
  info: { title: 'Rooms' },
  servers: [{ url: 'https://rooms.intranet.example/v1' }],
  paths: {
    '/free': {
      get: {
        operationId: 'findRooms',
        summary: 'Rooms that are free on a day',
        parameters: [
          { name: 'day', in: 'query', required: true, schema: { type: 'string' } },
          { name: 'people', in: 'query', schema: { type: 'integer', minimum: 1 } },
        ],
      },
    },
  },
}

const intranet: Example = {
  message: 'Is a room free on Monday for six, and what is for lunch?',
  yolo: true,
  files: { 'guests.txt': 'Monday: Ann, from the roof company\nTuesday: nobody\n' },
  pages: {
    'https://rooms.intranet.example/openapi.json': JSON.stringify(rooms),
    'https://rooms.intranet.example/v1/free?day=monday&people=6': '[{"room":"Garden","seats":8,"from":"10:00"}]',
    'https://house.intranet.example/hours/monday': '{"open":"07:30","close":"19:00"}',
    'https://kitchen.intranet.example/menu': '<h1>Menu</h1><p>Monday: <b>pea soup</b></p><p>Tuesday: rice</p>',
  },
  answers: [
    {
      toolCalls: [
        { name: 'findRooms', input: { day: 'monday', people: 6 } },
        { name: 'fetch', input: { urls: ['https://kitchen.intranet.example/menu'], format: 'markdown' } },
        { name: 'opening_hours', input: { day: 'monday' } },
        { name: 'guests', input: { day: 'Monday' } },
      ],
      usage: { input: 684, output: 97 },
    },
    {
      text: 'The Garden room is free on Monday from 10:00 and seats eight; the house is open until 19:00, and Ann from the roof company is expected. For lunch there is pea soup.',
      usage: { input: 892, output: 45 },
    },
  ],
}

const give = (agent: string, task: string) => ({ name: 'run_background_agent', input: { agent, task } })

const newsroom: Example = {
  message: 'A note on the new bridge, please.',
  answers: [
    {
      when: 'You run a small newsroom',
      toolCalls: [
        give('reporter', 'Ask the city and the people who live at the river what they think of the new bridge.'),
        give('archivist', 'Find out what stood there before the new bridge.'),
        { name: 'change_model', input: { model: 'openai/gpt-4o-mini' } },
      ],
      usage: { input: 702, output: 98 },
    },
    { when: 'You run a small newsroom', text: 'Both are at work.', usage: { input: 861, output: 6 } },
    {
      when: 'You are the reporter',
      text: 'The city says that the bridge opens in May; the people at the river are glad, and afraid of the noise.',
      usage: { input: 96, output: 26 },
    },
    {
      when: 'You are the archivist',
      text: 'There was a wooden bridge until 1954, and a ferry since.',
      usage: { input: 88, output: 16 },
    },
    {
      when: /wooden bridge until 1954/,
      text: 'The new bridge opens in May. It replaces a ferry, which had replaced a wooden bridge in 1954. Those who live there are glad of it, and afraid of the noise.',
      usage: { input: 1011, output: 41 },
    },
  ],
}

/** Examples of toolsets that ask people, language servers and services, and of agents that work for themselves. */
export const toolExamples = { rename, mover, intranet, newsroom }
