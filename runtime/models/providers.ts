import type { Quirks } from '../core/protocol.ts'

/** Where a provider is called, and how it wants to be asked. To add one that speaks a known protocol is to add a row. */
export type Provider = {
  readonly name: string
  readonly protocol: string
  /** Without a slash at its end; empty where only the user knows it. */
  readonly baseUrl: string
  /** Environment variables that hold the key, the first that is set counts; none where no key is wanted. */
  readonly keyVariables: readonly string[]
  /** Answers without a key as well. */
  readonly keyOptional?: true
  /** Environment variables that hold another base URL, and what such a value lacks at its end. */
  readonly urlVariables: readonly { readonly name: string; readonly path?: string }[]
  /** What a value of these without a port means: Ollama's own rule. */
  readonly port?: number
  /** The header that the key goes into, where it is not the protocol's own. */
  readonly keyHeader?: 'api-key'
  /** Headers beside the key's, from environment variables. */
  readonly headerVariables?: Readonly<Record<string, string>>
  /** Where it was to be found before: only recordings know these. */
  readonly formerUrls?: readonly string[]
  readonly quirks?: Quirks
  /** For a server on the user's own machine: what to do when nobody answers. */
  readonly start?: string
}

/** Sources are the providers' own documentation, read 2026-11, and cagent's table for names of variables. */
export const providers: readonly Provider[] = [
  {
    // https://platform.openai.com/docs/api-reference; which models want Responses is said in endpoint.ts
    name: 'openai',
    protocol: 'openai-chat',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    urlVariables: [{ name: 'OPENAI_BASE_URL' }],
    headerVariables: { 'openai-organization': 'OPENAI_ORG_ID', 'openai-project': 'OPENAI_PROJECT_ID' },
  },
  {
    // https://platform.claude.com/docs/en/api/overview
    name: 'anthropic',
    protocol: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com',
    keyVariables: ['ANTHROPIC_API_KEY'],
    urlVariables: [{ name: 'ANTHROPIC_BASE_URL' }],
  },
  {
    // https://ai.google.dev/gemini-api/docs/api-key; Google's SDKs add the version to the base URL
    name: 'google',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    urlVariables: [{ name: 'GOOGLE_GEMINI_BASE_URL', path: '/v1beta' }],
    formerUrls: [
      'https://generativelanguage.googleapis.com/v1',
      'https://generativelanguage.googleapis.com/v1alpha',
      'https://generativelanguage.googleapis.com/v1main',
    ],
  },
  {
    // https://docs.mistral.ai/api: unknown fields are refused with 422, `stream_options` among them; usage comes unasked
    name: 'mistral',
    protocol: 'openai-chat',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    urlVariables: [{ name: 'MISTRAL_BASE_URL' }],
    quirks: { shortIds: true, noStreamOptions: true, maxTokensField: 'max_tokens' },
  },
  {
    // https://docs.x.ai/docs/api-reference
    name: 'xai',
    protocol: 'openai-chat',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY'],
    urlVariables: [{ name: 'XAI_BASE_URL' }],
  },
  {
    // https://docs.tokenfactory.nebius.com; it was AI Studio before, and still is in cagent
    name: 'nebius',
    protocol: 'openai-chat',
    baseUrl: 'https://api.tokenfactory.nebius.com/v1',
    keyVariables: ['NEBIUS_API_KEY'],
    urlVariables: [{ name: 'NEBIUS_BASE_URL' }],
    formerUrls: ['https://api.studio.nebius.com/v1', 'https://api.studio.nebius.ai/v1'],
  },
  {
    // https://console.groq.com/docs/openai
    name: 'groq',
    protocol: 'openai-chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    urlVariables: [{ name: 'GROQ_BASE_URL', path: '/openai/v1' }],
  },
  {
    // https://openrouter.ai/docs/guides/best-practices/reasoning-tokens: reasoning is to be sent back beside calls
    name: 'openrouter',
    protocol: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    urlVariables: [{ name: 'OPENROUTER_BASE_URL' }],
    quirks: { echoReasoning: true },
  },
  {
    // https://api-docs.deepseek.com/guides/thinking_mode: calls without their reasoning_content are refused with 400
    name: 'deepseek',
    protocol: 'openai-chat',
    baseUrl: 'https://api.deepseek.com',
    keyVariables: ['DEEPSEEK_API_KEY'],
    urlVariables: [{ name: 'DEEPSEEK_BASE_URL' }],
    formerUrls: ['https://api.deepseek.com/v1', 'https://api.deepseek.com/beta'],
    quirks: { echoReasoning: true },
  },
  {
    // https://docs.ollama.com/api/openai-compatibility; OLLAMA_HOST: https://docs.ollama.com/faq
    name: 'ollama',
    protocol: 'openai-chat',
    baseUrl: 'http://localhost:11434/v1',
    keyVariables: ['OLLAMA_API_KEY'],
    keyOptional: true,
    urlVariables: [{ name: 'OLLAMA_BASE_URL' }, { name: 'OLLAMA_HOST', path: '/v1' }],
    port: 11434,
    formerUrls: ['http://127.0.0.1:11434/v1', 'http://0.0.0.0:11434/v1', 'https://ollama.com/v1'],
    start: 'Start it with `ollama serve`, and get the model with `ollama pull`.',
  },
  {
    // https://docs.docker.com/ai/model-runner/api-reference; the chat templates of its models want turns to alternate
    name: 'dmr',
    protocol: 'openai-chat',
    baseUrl: 'http://localhost:12434/engines/v1',
    keyVariables: [],
    urlVariables: [{ name: 'MODEL_RUNNER_HOST', path: '/engines/v1' }],
    port: 12434,
    formerUrls: [
      'http://127.0.0.1:12434/engines/v1',
      'http://model-runner.docker.internal/engines/v1',
      'http://localhost:12434/engines/llama.cpp/v1',
    ],
    quirks: { mergeSameRole: true },
    start:
      'Docker Model Runner is switched on with `docker desktop enable model-runner --tcp 12434`, and gets the model with `docker model pull`. For another model, name it with --model and set its key.',
  },
  {
    // https://learn.microsoft.com/azure/ai-foundry/openai/reference; where the parts of its URLs go is said in azure.ts
    name: 'azure',
    protocol: 'openai-chat',
    baseUrl: '',
    keyVariables: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
    keyHeader: 'api-key',
    urlVariables: [{ name: 'AZURE_OPENAI_ENDPOINT' }, { name: 'AZURE_OPENAI_BASE_URL' }],
  },
  {
    // https://docs.github.com/rest/models/inference
    name: 'github',
    protocol: 'openai-chat',
    baseUrl: 'https://models.github.ai/inference',
    keyVariables: ['GITHUB_TOKEN'],
    urlVariables: [{ name: 'GITHUB_MODELS_BASE_URL' }],
    formerUrls: ['https://models.inference.ai.azure.com'],
  },
  {
    // https://docs.requesty.ai/quickstart
    name: 'requesty',
    protocol: 'openai-chat',
    baseUrl: 'https://router.requesty.ai/v1',
    keyVariables: ['REQUESTY_API_KEY'],
    urlVariables: [{ name: 'REQUESTY_BASE_URL' }],
  },
  {
    // https://platform.minimax.io/docs/api-reference/text-openai-api: calls want their reasoning back
    name: 'minimax',
    protocol: 'openai-chat',
    baseUrl: 'https://api.minimax.io/v1',
    keyVariables: ['MINIMAX_API_KEY'],
    urlVariables: [{ name: 'MINIMAX_BASE_URL' }],
    formerUrls: ['https://api.minimaxi.com/v1'],
    quirks: { echoReasoning: true },
  },
  {
    // https://inference-docs.cerebras.ai/api-reference/chat-completions
    name: 'cerebras',
    protocol: 'openai-chat',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariables: ['CEREBRAS_API_KEY'],
    urlVariables: [{ name: 'CEREBRAS_BASE_URL', path: '/v1' }],
  },
]

/** The names that an agent file may use without declaring them. */
export const providerNames: readonly string[] = providers.map(({ name }) => name)
