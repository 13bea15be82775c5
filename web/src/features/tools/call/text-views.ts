export type TextView = 'text' | 'json' | 'markdown';

/** A text is tried as JSON up to this length. */
const LONGEST_JSON = 2_000_000;
const MARKDOWN = /^#{1,6} |\*\*[^*\n]+\*\*|^```|\[[^\]\n]+\]\([^)\n]+\)|^[-*] .*\n[-*] |^\|.+\|$/m;

/** How a text can be shown, the likeliest first. */
export function viewsOf(text: string, mediaType?: string): { views: readonly TextView[]; json: unknown } {
  const json = jsonOf(text);
  if (json !== undefined) return { views: ['json', 'text'], json };
  if (mediaType === 'text/markdown') return { views: ['markdown', 'text'], json };
  return { views: MARKDOWN.test(text.slice(0, 20_000)) ? ['text', 'markdown'] : ['text'], json };
}

/** Only objects and lists: a number or a word is better read as text. */
function jsonOf(text: string): unknown {
  if (text.length > LONGEST_JSON || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
