const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;
export type Hint = (typeof HINTS)[number];

/** What a server says that a call does to the world. Nobody has checked it. */
export function hintsOf(annotations: unknown): { key: Hint; on: boolean }[] {
  if (typeof annotations !== 'object' || annotations === null) return [];
  const told = annotations as Record<string, unknown>;
  return HINTS.flatMap((key) => (typeof told[key] === 'boolean' ? [{ key, on: told[key] }] : []));
}

export const isDestructive = (annotations: unknown): boolean => hintsOf(annotations).some(({ key, on }) => key === 'destructiveHint' && on);
