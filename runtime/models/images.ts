/** What becomes of images at a model: whether it reads any, as far as is known, and how large one may be, in letters of base64. */
export type ImageRules = { readonly isRead: boolean; readonly most: number }

/** By the last segment of a model's name. From the lists of models that windows.ts names, read 2026-11. */
const blind: readonly RegExp[] = [
  /^gpt-3\.5|^gpt-4(-\d{4}|-32k.*)?$|^o1-(mini|preview)|^o3-mini|^gpt-oss/,
  /^deepseek-(chat|reasoner|coder|r1|v3)/,
  /^(codestral|devstral|open-mistral|open-mixtral|mistral-7b|mixtral)/,
  /^(code)?llama-?[23](\.[13])?(?![.\d])(?!.*vision)/,
  /^qwen(?!.*(vl|omni))/,
  /^grok-(2(?!-vision)|3|code)/,
  /^minimax-m[12]/,
]

const mebi = 1024 * 1024

/**
 * By provider; a body of a request may not be much larger than an image may be where there is no such limit. From
 * platform.claude.com/docs/en/build-with-claude/vision, console.groq.com/docs/vision, docs.mistral.ai and
 * ai.google.dev/gemini-api/docs/image-understanding, read 2026-11.
 */
const most: Readonly<Record<string, number>> = { anthropic: 10 * mebi, groq: 4 * mebi, mistral: 10 * mebi }
const mostElsewhere = 20 * mebi

export const imageRulesOf = ({
  provider,
  model,
}: {
  readonly provider: string
  readonly model: string
}): ImageRules => {
  const name = model.split('/').at(-1)?.toLowerCase() ?? ''
  return { isRead: !blind.some(pattern => pattern.test(name)), most: most[provider] ?? mostElsewhere }
}
