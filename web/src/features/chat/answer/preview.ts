const LONGEST = 160;

/** A value in a few words, for a line: `city: Berlin, days: 3`. */
export function previewOf(value: unknown): string {
  const text = told(value, 0).replace(/\s+/g, ' ').trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function told(value: unknown, depth: number): string {
  if (value == null) return '';
  if (typeof value === 'string') {
    const inner = depth === 0 ? parsed(value) : undefined;
    return inner === undefined ? value.slice(0, 2 * LONGEST) : told(inner, 1);
  }
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return '';
  if (Array.isArray(value)) {
    if (depth > 1) return `[${value.length}]`;
    const shown = value.slice(0, 4).map((one) => told(one, depth + 1));
    return shown.filter(Boolean).join(', ') + (value.length > 4 ? ', …' : '');
  }
  if (depth > 1) return '{…}';
  const entries = Object.entries(value).slice(0, 6);
  return entries.map(([name, one]) => `${name}: ${told(one, depth + 1)}`).join(', ');
}

/** Tools like to say JSON in a string. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || text.length > 20_000) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A value as it is best looked at: JSON in a string as what it says. */
export const opened = (value: unknown): unknown => (typeof value === 'string' ? (parsed(value) ?? value) : value);
