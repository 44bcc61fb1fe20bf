/** The names that OpenTelemetry has for some providers; the others keep their own. */
const providerNames: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
  azure: 'azure.ai.openai',
}

/** `gen_ai.provider.name` for a provider of an agent file. */
export const providerNameOf = (provider: string): string => providerNames[provider] ?? (provider || 'unknown')
