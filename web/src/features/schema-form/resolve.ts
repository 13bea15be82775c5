import { isRecord, listAt, recordAt, requiredOf, type JsonSchema } from './schema';

/** What a `$ref` of this document points to. What lies elsewhere is never fetched. */
export function target(root: JsonSchema, ref: string): unknown {
  if (ref === '#') return root;
  if (ref.startsWith('#/')) return at(root, pointerSteps(decode(ref.slice(1))));
  return ref.startsWith('#') ? anchored(root, ref.slice(1)) : undefined;
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `/a~1b/0` → `['a/b', '0']`. */
export const pointerSteps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** `['a/b', 0]` → `/a~1b/0`. */
export const pointerOf = (steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What lies at a place inside a JSON value. */
export function at(value: unknown, steps: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of steps) {
    if (Array.isArray(here)) here = (here as unknown[])[Number(step)];
    else if (isRecord(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

function anchored(root: JsonSchema, name: string): unknown {
  for (const key of ['$defs', 'definitions']) {
    const found = Object.values(recordAt(root, key) ?? {}).find((schema) => isRecord(schema) && (schema.$anchor === name || schema.$id === `#${name}`));
    if (found) return found;
  }
  return undefined;
}

/** Two schemas that both hold, as one. What the second says of a single word counts; lists and properties are joined. */
export function joined(first: JsonSchema, second: JsonSchema): JsonSchema {
  const both: JsonSchema = { ...first, ...second };
  for (const key of ['properties', 'patternProperties', '$defs', 'definitions']) {
    const [left, right] = [recordAt(first, key), recordAt(second, key)];
    if (!left || !right) continue;
    const all: JsonSchema = { ...left };
    for (const [name, schema] of Object.entries(right)) {
      const known = left[name];
      all[name] = isRecord(known) && isRecord(schema) ? joined(known, schema) : schema;
    }
    both[key] = all;
  }
  const required = [...new Set([...requiredOf(first), ...requiredOf(second)])];
  if (required.length > 0) both.required = required;
  const [left, right] = [listAt(first, 'enum'), listAt(second, 'enum')];
  if (left && right) both.enum = left.filter((value) => right.includes(value));
  return both;
}
