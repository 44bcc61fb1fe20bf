/** Another agent for the terminal, as npm installs it, and what it takes for it to show its input without a network. */
export type Peer = {
  readonly name: string
  readonly version: string
  readonly bin: string
  /** Files below its home, `$HOME` being that: what one would have answered at the first start. */
  readonly files: Readonly<Record<string, object | string>>
  /** Made-up keys, and addresses where nobody is. */
  readonly env: Readonly<Record<string, string>>
  /** What stands where one types, on the first picture that takes keys. */
  readonly shows: RegExp
}

/** Versions are pinned: whoever changes one measures all anew, and writes docs/benchmarks.md. */
export const peers: readonly Peer[] = [
  {
    name: '@anthropic-ai/claude-code',
    version: '2.1.332',
    bin: 'claude',
    files: {
      '.claude.json': {
        hasCompletedOnboarding: true,
        theme: 'dark',
        customApiKeyResponses: { approved: ['-made-up-00000000000'] },
        projects: { '$HOME/project': { hasTrustDialogAccepted: true } },
      },
    },
    env: {
      ANTHROPIC_API_KEY: 'sk-ant-made-up-00000000000',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    shows: /^❯/m,
  },
  {
    name: '@google/gemini-cli',
    version: '0.61.0',
    bin: 'gemini',
    files: {
      '.gemini/settings.json': {
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        general: { disableAutoUpdate: true },
      },
    },
    env: { GEMINI_API_KEY: 'made-up', COLORTERM: 'truecolor' },
    shows: /Type your message/,
  },
  {
    name: '@openai/codex',
    version: '0.171.0',
    bin: 'codex',
    files: {
      '.codex/auth.json': { OPENAI_API_KEY: 'made-up' },
      '.codex/config.toml':
        'check_for_update_on_startup = false\n[projects."$HOME/project"]\ntrust_level = "trusted"\n',
    },
    env: {},
    shows: /^› /m,
  },
  {
    name: 'opencode-ai',
    version: '1.18.33',
    bin: 'opencode',
    files: {},
    env: { OPENAI_API_KEY: 'made-up', OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
    shows: /Ask anything/,
  },
  {
    name: '@earendil-works/pi-coding-agent',
    version: '1.5.2',
    bin: 'pi',
    files: {},
    env: { OPENAI_API_KEY: 'made-up', PI_OFFLINE: '1' },
    shows: /\(auto\)/,
  },
]
