import { joined, target } from './resolve';
import { isRecord, kindsOf, listAt, recordAt, requiredOf, textAt, type JsonSchema, type Kind } from './schema';

/** A schema as it is read. */
export interface SchemaNode {
  /** Name of the property; absent for parts that have none. */
  name: string | undefined;
  /** What a part without a name is. */
  part: 'whole' | 'entry' | 'value' | 'option' | 'again';
  types: readonly Kind[];
  format: string | undefined;
  required: boolean;
  /** What the schema is called, where that is more than the name. */
  title: string | undefined;
  text: string | undefined;
  /** Bounds, defaults and choices: key and value as the schema has them. */
  facts: readonly [string, string][];
  children: readonly SchemaNode[];
}

const DEEPEST = 12;
const MOST = 1500;
const FACTS = ['default', 'enum', 'const', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'uniqueItems', 'examples', 'deprecated', 'contentEncoding', 'contentMediaType'];

/** Reads a schema of a peer, bounded: references that come round again end as such. */
export function describe(schema: unknown): SchemaNode {
  const root: JsonSchema = isRecord(schema) ? schema : {};
  let left = MOST;

  const read = (raw: unknown, name: string | undefined, part: SchemaNode['part'], required: boolean, refs: readonly string[], depth: number): SchemaNode => {
    left -= 1;
    const [here, seen] = resolved(root, isRecord(raw) ? raw : {}, refs);
    const node = { name, part, format: textAt(here, 'format'), required, title: textAt(here, 'title'), text: textAt(here, 'description'), facts: factsOf(here) };
    if (typeof here.$ref === 'string') return { ...node, part: 'again', types: [], facts: [['$ref', here.$ref]], children: [] };
    if (left < 0 || depth > DEEPEST) return { ...node, types: kindsOf(here), children: [] };
    const inner = (one: unknown, as: SchemaNode['part']) => read(one, undefined, as, false, seen, depth + 1);
    const must = requiredOf(here);
    const options = listAt(here, 'oneOf') ?? listAt(here, 'anyOf') ?? [];
    const others = options.filter((one) => !isRecord(one) || one.type !== 'null');
    const nullable = others.length < options.length;
    const only = others.length === 1 ? others[0] : undefined;
    // What may be null is the thing itself, with one type more.
    if (only) {
      const one = read(only, name, part, required, seen, depth);
      return { ...one, text: node.text ?? one.text, facts: [...node.facts, ...one.facts], types: nullable ? [...one.types, 'null'] : one.types };
    }
    const items = listAt(here, 'prefixItems') ?? (Array.isArray(here.items) ? listAt(here, 'items') : undefined);
    const children = [
      ...Object.entries(recordAt(here, 'properties') ?? {}).map(([key, one]) => read(one, key, 'value', must.includes(key), seen, depth + 1)),
      ...Object.entries(recordAt(here, 'patternProperties') ?? {}).map(([key, one]) => read(one, `/${key}/`, 'value', false, seen, depth + 1)),
      ...(isRecord(here.additionalProperties) ? [inner(here.additionalProperties, 'value')] : []),
      ...(items ? items.map((one) => inner(one, 'entry')) : []),
      ...(isRecord(here.items) ? [inner(here.items, 'entry')] : []),
      ...(others.every((one) => isRecord(one) && 'const' in one) ? [] : others.map((one) => inner(one, 'option'))),
    ];
    const types = kindsOf(here);
    return { ...node, types: nullable && !types.includes('null') ? [...types, 'null'] : types, children };
  };
  return read(root, undefined, 'whole', false, [], 0);
}

function resolved(root: JsonSchema, schema: JsonSchema, refs: readonly string[]): [JsonSchema, readonly string[]] {
  let [here, seen] = [schema, refs];
  for (let turn = 0; turn < 20; turn += 1) {
    const { $ref, ...beside } = here;
    if (typeof $ref !== 'string') break;
    const found = target(root, $ref);
    if (!isRecord(found) || seen.includes($ref)) return [here, seen];
    [here, seen] = [joined(found, beside), [...seen, $ref]];
  }
  for (const one of listAt(here, 'allOf') ?? []) {
    const [part, more] = resolved(root, isRecord(one) ? one : {}, seen);
    if (typeof part.$ref === 'string') continue;
    const rest = { ...here };
    delete rest.allOf;
    [here, seen] = [{ ...joined(part, rest), allOf: here.allOf }, more];
  }
  return [here, seen];
}

function factsOf(schema: JsonSchema): [string, string][] {
  const told = FACTS.flatMap((key): [string, string][] => (key in schema ? [[key, shorten(JSON.stringify(schema[key]))]] : []));
  const choices = (listAt(schema, 'oneOf') ?? listAt(schema, 'anyOf') ?? []).filter((one) => isRecord(one) && 'const' in one) as JsonSchema[];
  return choices.length > 0 ? [...told, ['one of', shorten(choices.map((one) => JSON.stringify(one.const)).join(', '))]] : told;
}

const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
