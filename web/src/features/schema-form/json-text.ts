/** A value as text to edit. */
export const textOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/** Lines that a field shows at once. */
export const sizeOf = (text: string): number => Math.min(16, Math.max(2, text.split('\n').length));

/** Where a text stops being JSON. Browsers tell it in different words; where none tells, it is found by hand. */
export function placeOfError(text: string, problem: unknown): { line: number; column: number } | undefined {
  const message = problem instanceof Error ? problem.message : '';
  const told = /line (\d+) column (\d+)/.exec(message);
  if (told) return { line: Number(told[1]), column: Number(told[2]) };
  const position = /position (\d+)/.exec(message);
  if (position) return placeAt(text, Number(position[1]));
  return /end of (JSON|data|input)|Unterminated|EOF/i.test(message) ? placeAt(text, text.length) : undefined;
}

function placeAt(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
