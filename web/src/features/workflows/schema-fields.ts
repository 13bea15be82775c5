/** One field of a schema, in a line. */
export interface SchemaField {
  name: string;
  type: string;
  required: boolean;
  description?: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields at the top of an object's schema. */
export function fieldsOf(schema: unknown): SchemaField[] {
  if (!isRecord(schema) || !isRecord(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, one]) => ({ name, required: required.includes(name), ...toldOf(one) }));
}

function toldOf(schema: unknown): { type: string; description?: string } {
  if (!isRecord(schema)) return { type: '' };
  const { title, description } = schema;
  const said = [title, description].filter((text) => typeof text === 'string').join(' · ');
  return { type: typeOf(schema), ...(said && { description: said }) };
}

/** `string`, `integer | null`, `"small" | "large"`, `string[]`. */
function typeOf(schema: Record<string, unknown>): string {
  if (Array.isArray(schema.enum)) return schema.enum.slice(0, 6).map((value) => JSON.stringify(value)).join(' | ') + (schema.enum.length > 6 ? ' | …' : '');
  if (schema.type === 'array') return `${isRecord(schema.items) ? typeOf(schema.items) : ''}[]`;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const format = typeof schema.format === 'string' ? ` (${schema.format})` : '';
  return types.filter((type) => typeof type === 'string').join(' | ') + format;
}
