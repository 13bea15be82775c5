/** `../features/runs/i18n.en.json` → `runs`. */
export function byNamespace(files: Record<string, unknown>): Record<string, unknown> {
  const named = Object.entries(files).map(([path, texts]) => [path.split('/').at(-2) ?? path, texts] as const);
  return Object.fromEntries(named);
}
