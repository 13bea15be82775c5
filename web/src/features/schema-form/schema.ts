/** A JSON Schema as a peer wrote it: nothing about it is sure. */
export type JsonSchema = Record<string, unknown>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const recordAt = (schema: JsonSchema, key: string): Record<string, unknown> | undefined => {
  const value = schema[key];
  return isRecord(value) ? value : undefined;
};

export const listAt = (schema: JsonSchema, key: string): readonly unknown[] | undefined => {
  const value = schema[key];
  return Array.isArray(value) ? (value as unknown[]) : undefined;
};

export const textAt = (schema: JsonSchema, key: string): string | undefined => {
  const value = schema[key];
  return typeof value === 'string' ? value : undefined;
};

export const numberAt = (schema: JsonSchema, key: string): number | undefined => {
  const value = schema[key];
  return typeof value === 'number' ? value : undefined;
};

export const requiredOf = (schema: JsonSchema): readonly string[] =>
  (listAt(schema, 'required') ?? []).filter((name) => typeof name === 'string');

const KINDS = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
export type Kind = (typeof KINDS)[number];
const isKind = (name: unknown): name is Kind => KINDS.includes(name as Kind);

/** The types a schema allows; worked out from its other words where it does not say. Empty: any. */
export function kindsOf(schema: JsonSchema): readonly Kind[] {
  const told = Array.isArray(schema.type) ? schema.type : [schema.type];
  const kinds = told.filter(isKind);
  if (kinds.length > 0) return schema.nullable === true && !kinds.includes('null') ? [...kinds, 'null'] : kinds;
  if ('const' in schema) return [kindOf(schema.const)];
  const values = listAt(schema, 'enum');
  if (values) return [...new Set(values.map(kindOf))];
  if (['properties', 'additionalProperties', 'patternProperties', 'required'].some((key) => key in schema)) return ['object'];
  if (['items', 'prefixItems', 'minItems', 'maxItems'].some((key) => key in schema)) return ['array'];
  if (['minLength', 'maxLength', 'pattern', 'format'].some((key) => key in schema)) return ['string'];
  if (['minimum', 'maximum', 'multipleOf'].some((key) => key in schema)) return ['number'];
  return [];
}

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value === 'string' ? 'string' : 'boolean';
  return 'object';
}

/** Two JSON values are the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = (value: Record<string, unknown>) => Object.keys(value).filter((key) => value[key] !== undefined);
  return keys(a).length === keys(b).length && keys(a).every((key) => sameJson(a[key], b[key]));
}
