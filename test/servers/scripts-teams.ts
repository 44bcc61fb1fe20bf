import type { Example } from './scripts.ts'

const give = (agent: string, task: string) => ({ name: 'run_background_agent', input: { agent, task } })

const background: Example = {
  message: 'What makes a good bicycle bell?',
  answers: [
    {
      when: 'Have what you are asked looked into',
      toolCalls: [
        give('physicist', 'What makes the sound of a bicycle bell carry?'),
        give('historian', 'How did bicycle bells come to be as they are?'),
        give('buyer', 'What do people want of a bicycle bell?'),
      ],
      usage: { input: 402, output: 88 },
    },
    {
      when: 'You are a physicist',
      text: 'A hard brass dome struck once rings at two to four kilohertz, where ears are keenest and traffic is quiet.',
      usage: { input: 71, output: 29 },
    },
    {
      when: 'You are a historian',
      text: 'John Richard Dedicoat patented the thumb lever in 1887, and little had to be changed since.',
      usage: { input: 74, output: 27 },
    },
    {
      when: 'You buy for a bicycle shop',
      text: 'It should be small, never rust, and work with a thumb in a glove.',
      usage: { input: 76, output: 19 },
    },
    {
      when: 'is completed',
      text:
        'A good bicycle bell is a hard brass dome that one stroke of the thumb sets ringing at two to four kilohertz, ' +
        'which carries over traffic; the lever of 1887 still does that best, if it is small, does not rust and works in gloves.',
      usage: { input: 611, output: 61 },
    },
    { when: 'Have what you are asked looked into', text: 'I have asked all three.', usage: { input: 583, output: 9 } },
  ],
}

export const teamExamples: Readonly<Record<string, Example>> = { background }
