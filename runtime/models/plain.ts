/** Letters of an answer that are shown at most. */
export const longest = 600

/** What an answer that is no JSON says to a person. An HTML page says little: its title or its words, in one line. */
export const plain = (text: string): string => {
  if (!/^\s*<(!doctype|html)/i.test(text)) return text.slice(0, longest)
  const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.trim()
  return (
    title ||
    text
      .replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 200)
  )
}
