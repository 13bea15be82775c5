import type { Schemas, Workflow } from '@/api/types';
import type { EntryPoint } from './rows';

export type StartRun = Schemas['StartRun'];
type RunInput = Schemas['RunInput'];
type Schema = Record<string, unknown>;

/** What a person filled in for a run. */
export interface RunDraft {
  text: string;
  /** By the schema; `undefined`: nothing was filled in. */
  data: unknown;
  files: readonly DraftFile[];
  /** Values of the `:name` parts of the address. */
  path: Readonly<Record<string, string>>;
  query: readonly Pair[];
  headers: readonly Pair[];
  method?: string;
}

export interface DraftFile {
  /** Of this browser alone: tells files apart. */
  key: string;
  field: string;
  file: File;
}

export interface Pair {
  name: string;
  value: string;
}

export const EMPTY_DRAFT: RunDraft = { text: '', data: undefined, files: [], path: {}, query: [], headers: [] };

/** Names of the field that a text goes into, as the hub chooses among them. */
const TEXT_FIELDS = ['chatInput', 'question', 'message', 'text', 'prompt', 'query', 'input', 'content'];
/** Fields that the hub fills in by itself. */
const OWN_FIELDS = ['sessionId', 'conversationId'];

const isRecord = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

const propertiesOf = (entry: EntryPoint): Record<string, Schema> => {
  const schema = isRecord(entry.input_schema) ? entry.input_schema : {};
  const properties = isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(Object.entries(properties).filter((pair): pair is [string, Schema] => isRecord(pair[1])));
};

/** Whether what a person says can be put in as such. */
export const takesText = (entry: EntryPoint): boolean => entry.kind !== 'form';

function textField(entry: EntryPoint): string | undefined {
  if (!takesText(entry)) return undefined;
  const names = Object.keys(propertiesOf(entry));
  return TEXT_FIELDS.find((name) => names.includes(name));
}

const isFile = (schema: Schema): boolean =>
  schema.format === 'binary' || typeof schema.contentMediaType === 'string' || (isRecord(schema.items) && isFile(schema.items));

/** The form fields that files go into, as far as the schema names them. */
export function fileFields(entry: EntryPoint): string[] {
  const named = Object.entries(propertiesOf(entry)).flatMap(([name, schema]) => (isFile(schema) ? [name] : []));
  return named.length > 0 ? named : ['file'];
}

/** The schema of what is neither the text nor a file; `undefined` when nothing is left of it. */
export function dataSchema(entry: EntryPoint): Schema | undefined {
  const schema = isRecord(entry.input_schema) ? entry.input_schema : undefined;
  const said = textField(entry);
  const left = Object.entries(propertiesOf(entry)).filter(([name, one]) => name !== said && !OWN_FIELDS.includes(name) && !isFile(one));
  if (!schema || left.length === 0) return undefined;
  const names = left.map(([name]) => name);
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => names.includes(name as string)) : [];
  return { ...schema, properties: Object.fromEntries(left), required };
}

/** The names of the `:name` parts of the entry's address. */
export function pathFields(entry: EntryPoint): string[] {
  const path = /^\w+:\/\/[^/]*(\/[^?#]*)/.exec(entry.url ?? '')?.[1] ?? '';
  return path.split('/').flatMap((part) => (part.startsWith(':') && part.length > 1 ? [part.slice(1)] : []));
}

/** Whether an entry is a web address with all that a request can have. */
export const isWebhook = (entry: EntryPoint): boolean => entry.kind === 'webhook';

/** Whether a text alone is enough to start it. */
export function needsFields(entry: EntryPoint): boolean {
  const required = dataSchema(entry)?.required;
  return !takesText(entry) || pathFields(entry).length > 0 || (Array.isArray(required) && required.length > 0);
}

/** Whether something is there that could be sent. */
export function isComplete(entry: EntryPoint, draft: RunDraft): boolean {
  if (pathFields(entry).some((name) => !draft.path[name]?.trim())) return false;
  if (!takesText(entry) || isWebhook(entry) || entry.kind === 'api') return true;
  return draft.text.trim() !== '' || draft.files.length > 0 || hasData(draft.data);
}

const hasData = (data: unknown): boolean => data !== undefined && !(isRecord(data) && Object.keys(data).length === 0);

const pairs = (list: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(list.flatMap(({ name, value }) => (name.trim() === '' ? [] : [[name.trim(), value]])));

/** The request that a draft becomes; the bytes of files go beside it. */
export function startOf(workflow: Workflow, entry: EntryPoint | undefined, draft: RunDraft, more: { conversation?: string; session?: string; turn?: string } = {}): StartRun {
  const input: Partial<RunInput> = {};
  if (draft.text.trim() !== '' && (!entry || takesText(entry))) input.text = draft.text;
  if (hasData(draft.data)) input.data = draft.data;
  else if (entry && !takesText(entry)) input.data = {};
  if (entry && pathFields(entry).length > 0) input.path = draft.path;
  if (draft.query.length > 0) input.query = pairs(draft.query);
  if (draft.headers.length > 0) input.headers = pairs(draft.headers);
  if (draft.method) input.method = draft.method;
  if (more.session) input.session_id = more.session;
  // What is left out has its default; the types know only whole ones.
  return { workflow_id: workflow.id, ...(entry && { entry: entry.id }), ...(more.conversation && { conversation_id: more.conversation }), ...(more.turn && { turn: more.turn }), input };
}
