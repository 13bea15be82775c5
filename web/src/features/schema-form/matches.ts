import type { ValidatorType } from '@rjsf/utils';
import { isRecord, kindOf, listAt, numberAt, recordAt, requiredOf, sameJson, type JsonSchema } from './schema';

/**
 * Whether a value roughly fits a schema: enough to tell which alternative of a union it is. The real check is the hub's:
 * the usual validators compile code, which the page's content security policy forbids.
 */
export function matches(schema: unknown, value: unknown): boolean {
  if (!isRecord(schema)) return schema !== false;
  if ('const' in schema && !sameJson(schema.const, value)) return false;
  const values = listAt(schema, 'enum');
  if (values && !values.some((one) => sameJson(one, value))) return false;
  if (!fitsType(schema.type, value)) return false;
  if (typeof value === 'string' && !fitsText(schema, value)) return false;
  if (typeof value === 'number' && !fitsNumber(schema, value)) return false;
  if (Array.isArray(value) && !fitsList(schema, value)) return false;
  if (isRecord(value) && !fitsObject(schema, value)) return false;
  const any = listAt(schema, 'anyOf') ?? listAt(schema, 'oneOf');
  if (any && !any.some((one) => matches(one, value))) return false;
  if ((listAt(schema, 'allOf') ?? []).some((one) => !matches(one, value))) return false;
  return !('not' in schema) || !matches(schema.not, value);
}

function fitsType(type: unknown, value: unknown): boolean {
  if (type === undefined) return true;
  const kind = kindOf(value);
  return (Array.isArray(type) ? type : [type]).some((name) => name === kind || (name === 'number' && kind === 'integer'));
}

// Patterns are left to the hub: one that a peer made to take for ever would freeze the page.
const fitsText = (schema: JsonSchema, { length }: string): boolean =>
  length >= (numberAt(schema, 'minLength') ?? 0) && length <= (numberAt(schema, 'maxLength') ?? Infinity);

const fitsNumber = (schema: JsonSchema, value: number): boolean =>
  value >= (numberAt(schema, 'minimum') ?? -Infinity) &&
  value <= (numberAt(schema, 'maximum') ?? Infinity) &&
  value > (numberAt(schema, 'exclusiveMinimum') ?? -Infinity) &&
  value < (numberAt(schema, 'exclusiveMaximum') ?? Infinity);

function fitsList(schema: JsonSchema, value: readonly unknown[]): boolean {
  if (value.length < (numberAt(schema, 'minItems') ?? 0) || value.length > (numberAt(schema, 'maxItems') ?? Infinity)) return false;
  const { items } = schema;
  if (Array.isArray(items)) return items.every((one, at) => at >= value.length || matches(one, value[at]));
  return items === undefined || value.every((one) => matches(items, one));
}

function fitsObject(schema: JsonSchema, value: Record<string, unknown>): boolean {
  if (requiredOf(schema).some((name) => value[name] === undefined)) return false;
  const properties = recordAt(schema, 'properties') ?? {};
  const more = schema.additionalProperties;
  return Object.entries(value).every(([name, one]) => {
    if (one === undefined) return true;
    return Object.hasOwn(properties, name) ? matches(properties[name], one) : more === undefined || matches(more, one);
  });
}

/** What the form library asks for as a validator: it only has to tell alternatives apart. */
export const validator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema, data) => matches(schema, data),
  rawValidation: () => ({ errors: [] }),
};

/** Which alternative a value is: the one that fits, preferring `chosen`; else the one that comes closest. */
export function alternativeOf(options: readonly unknown[], value: unknown, chosen: number): number {
  if (value === undefined || matches(options[chosen], value)) return chosen;
  const fitting = options.findIndex((one) => matches(one, value));
  if (fitting >= 0) return fitting;
  // Being filled in: stay as long as the kind is right.
  const near = (one: unknown) => isRecord(one) && fitsType(one.type, value) && fitsMarks(one, value);
  if (near(options[chosen])) return chosen;
  const close = options.findIndex(near);
  return close >= 0 ? close : chosen;
}

/** Constants of an object tell which one it is, also before the rest is there. */
function fitsMarks(schema: JsonSchema, value: unknown): boolean {
  if (!isRecord(value)) return true;
  return Object.entries(recordAt(schema, 'properties') ?? {}).every(
    ([name, one]) => !isRecord(one) || !('const' in one) || value[name] === undefined || sameJson(one.const, value[name]),
  );
}
