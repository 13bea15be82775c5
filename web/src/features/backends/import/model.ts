import type { Schemas } from '@/api/types';

export type Entry = Schemas['ImportEntry'];
export type Report = Schemas['ImportReport'];
export type Variable = Schemas['ImportVariable'];
export type Variables = Readonly<Record<string, string>>;

/** Which entry it is: the ways to one server share its name. */
export const keyOf = ({ name, way }: Entry): string => (way == null ? name : `${name} ${way}`);

/** Whether everything is given that an entry asks for. */
export const isComplete = (entry: Entry, variables: Variables): boolean =>
  (entry.variables_missing ?? []).every(({ name }) => (variables[name] ?? '') !== '');

/** Whether an entry can be added, now or once its variables are given. */
export const canBeAdded = ({ status }: Entry): boolean =>
  status === 'ready' || status === 'needs_variables' || status === 'duplicate' || status === 'alternative';

/** What is chosen as long as nobody says otherwise: what is ready, and what lacks nothing but values. */
export const proposed = (report: Report): ReadonlySet<string> =>
  new Set(report.entries.filter(({ status }) => status === 'ready' || status === 'needs_variables').map(keyOf));

/** Entries that are chosen and can be added as they stand. */
export const toAdd = (report: Report, chosen: ReadonlySet<string>, variables: Variables): Entry[] =>
  report.entries.filter((entry) => chosen.has(keyOf(entry)) && canBeAdded(entry) && isComplete(entry, variables));

/** Only what was filled in. */
export const given = (variables: Variables): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));

/** Names of programs are the same in every language. */
export const formatNames: Record<Report['format'], string> = {
  claude_desktop: 'Claude Desktop',
  claude_code: 'Claude Code',
  cursor: 'Cursor',
  vscode: 'VS Code',
  copilot: 'Copilot CLI',
  cline: 'Cline',
  librechat: 'LibreChat',
  server_json: 'server.json',
  mcpb: 'MCP bundle',
};
