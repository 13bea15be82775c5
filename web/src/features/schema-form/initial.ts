import { isRecord, listAt, numberAt, recordAt, requiredOf, type JsonSchema } from './schema';

/** Where a prepared schema keeps its default: the form library fills in `default` again after a person took it out. */
export const DEFAULT = 'x-default';

/** What a form starts with: defaults, what can only be one thing, and what must be there. */
export function initialOf(schema: JsonSchema, required = true): unknown {
  if (DEFAULT in schema) return schema[DEFAULT] ?? undefined;
  if (!required) return undefined;
  if ('const' in schema) return schema.const;
  const options = listAt(schema, 'anyOf');
  if (options) return isRecord(options[0]) ? initialOf(options[0]) : undefined;
  switch (schema.type) {
    case 'object': {
      const names = requiredOf(schema);
      const entries = Object.entries(recordAt(schema, 'properties') ?? {}).map(
        ([name, one]) => [name, isRecord(one) ? initialOf(one, names.includes(name)) : undefined] as const,
      );
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case 'array': {
      if (Array.isArray(schema.items)) return schema.items.map((one) => (isRecord(one) ? (blankOf(one) ?? null) : null));
      const { items } = schema;
      const least = Math.min(numberAt(schema, 'minItems') ?? 0, 10);
      return schema.uniqueItems === true || !isRecord(items) ? [] : Array.from({ length: least }, () => blankOf(items) ?? null);
    }
    case 'boolean':
      return false;
    default:
      return undefined;
  }
}

/** What a new entry of a list or a map starts with. */
export function blankOf(schema: JsonSchema): unknown {
  const initial = initialOf(schema);
  if (initial !== undefined) return initial;
  const options = listAt(schema, 'anyOf');
  if (options && isRecord(options[0])) return blankOf(options[0]);
  return schema.type === 'string' && !('enum' in schema) ? '' : undefined;
}
