/** A value as text to edit. */
export const textOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/** Lines that a field shows at once. */
export const sizeOf = (text: string, most: number): number => Math.min(most, Math.max(2, text.split('\n').length));

/** Where a text stops being JSON: browsers tell it in different words, or not at all. */
export function placeOfError(text: string): { line: number; column: number } | undefined {
  const position = firstFault(text);
  if (position === undefined) return undefined;
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(true|false|null)(?!\w))/y;

const SPACE = /\s*/y;

/** Position of the first token that cannot stand where it is. Walks with a stack: no text is too deep for it. */
function firstFault(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  // What may come next; `empty` also allows the end of what was just opened.
  let wanted: 'value' | 'key' | 'colon' | 'after' = 'value';
  let empty = false;
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    SPACE.lastIndex = at;
    const start = at + (SPACE.exec(text)?.[0].length ?? 0);
    if (!match) return start >= text.length ? end(text, open, wanted) : start;
    const [whole, mark, string] = match;
    const top = open.at(-1);
    if (mark === '{' || mark === '[') {
      if (wanted !== 'value') return start;
      open.push(mark);
      wanted = mark === '{' ? 'key' : 'value';
      empty = true;
    } else if (mark === '}' || mark === ']') {
      if (top !== (mark === '}' ? '{' : '[') || (wanted !== 'after' && !empty)) return start;
      open.pop();
      [wanted, empty] = ['after', false];
    } else if (mark === ',') {
      if (wanted !== 'after' || top === undefined) return start;
      [wanted, empty] = [top === '{' ? 'key' : 'value', false];
    } else if (mark === ':') {
      if (wanted !== 'colon') return start;
      [wanted, empty] = ['value', false];
    } else if (wanted === 'key' && string !== undefined) {
      [wanted, empty] = ['colon', false];
    } else if (wanted === 'value') {
      [wanted, empty] = ['after', false];
    } else {
      return start;
    }
    at += whole.length;
  }
  return end(text, open, wanted);
}

const end = (text: string, open: readonly string[], wanted: string): number | undefined => (open.length === 0 && wanted === 'after' ? undefined : text.trimEnd().length);
