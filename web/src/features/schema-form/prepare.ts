import type { RJSFSchema, UiSchema } from '@rjsf/utils';
import { blankOf, DEFAULT } from './initial';
import { joined, target } from './resolve';
import { isRecord, kindsOf, listAt, numberAt, recordAt, requiredOf, textAt, type JsonSchema, type Kind } from './schema';

// The peer's schema becomes a plain, finite tree that the form can draw: references are filled in (and cut where they
// come round again), `allOf` is joined, types are made plain. What cannot be drawn as fields becomes a JSON field.

/** Levels below which a JSON field stands for the rest. */
const DEEPEST = 7;
/** Fields that are drawn at most. */
const MOST = 600;

export interface Prepared {
  schema: RJSFSchema;
  ui: UiSchema;
  /** There is nothing to draw but one JSON field. */
  isRaw: boolean;
}

type Part = { schema: JsonSchema; ui: UiSchema };
type Place = { refs: readonly string[]; depth: number; name: string; required: boolean; inside: 'object' | 'list' | 'map' | 'union' | 'root' };

export function prepare(peer: unknown): Prepared {
  const root: JsonSchema = isRecord(peer) ? peer : {};
  const drawing = new Drawing(root);
  const { schema, ui } = drawing.part(root, { refs: [], depth: 0, name: '', required: true, inside: 'root' });
  return { schema, ui, isRaw: ui['ui:field'] === 'json' };
}

class Drawing {
  private left = MOST;
  constructor(private readonly root: JsonSchema) {}

  part(raw: unknown, place: Place): Part {
    const { schema, ui } = this.drawnOrRaw(raw, place);
    if (!('default' in schema)) return { schema, ui };
    const { default: value, ...rest } = schema;
    return { schema: { ...rest, [DEFAULT]: value }, ui };
  }

  private drawnOrRaw(raw: unknown, place: Place): Part {
    this.left -= 1;
    if (!isRecord(raw) || this.left < 0 || place.depth > DEEPEST) return this.json(isRecord(raw) ? raw : {}, place);
    const refs = [...place.refs];
    const schema = this.flat(raw, refs);
    if (!schema) return this.json(raw, place);
    return this.drawn(schema, { ...place, refs });
  }

  /** References and `allOf` filled in. Nothing when a reference comes round again or leads nowhere. */
  private flat(schema: JsonSchema, refs: string[]): JsonSchema | undefined {
    let here = schema;
    for (let turn = 0; turn < 20; turn += 1) {
      const { $ref, ...beside } = here;
      if (typeof $ref !== 'string') break;
      const found = target(this.root, $ref);
      // Once round is drawn, so that one can enter a child of a tree; the next one is JSON.
      if (!isRecord(found) || refs.filter((ref) => ref === $ref).length > 1) return undefined;
      refs.push($ref);
      // The title of a shared part names the kind of thing, not the field.
      here = joined(without(found, 'title'), beside);
    }
    const { allOf, ...rest } = here;
    if (!Array.isArray(allOf)) return here;
    let all: JsonSchema = {};
    for (const one of allOf as unknown[]) {
      const part = isRecord(one) ? this.flat(one, refs) : {};
      if (!part) return undefined;
      all = joined(all, part);
    }
    return joined(all, rest);
  }

  private drawn(schema: JsonSchema, place: Place): Part {
    const kinds = kindsOf(schema);
    const [options, nullable] = this.optionsOf(schema, kinds);
    const only = options.length === 1 ? options[0] : undefined;
    if (only && only !== schema) return this.nullable(this.part(joined(without(schema, 'anyOf', 'oneOf', 'type', 'nullable'), only), place), nullable, place);
    if (options.length > 1) return this.union(schema, options, nullable, place);
    const kind = kinds.find((name) => name !== 'null');
    return this.nullable(this.ofKind(kind, schema, place), nullable, place);
  }

  /** The alternatives that a schema is made of, and whether `null` is one. */
  private optionsOf(schema: JsonSchema, kinds: readonly Kind[]): [JsonSchema[], boolean] {
    const several = listAt(schema, 'oneOf') ?? listAt(schema, 'anyOf');
    const shared = without(schema, 'oneOf', 'anyOf');
    if (several) {
      const all = several.map((one) => (isRecord(one) ? one : {}));
      const isNull = (one: JsonSchema) => one.type === 'null' || ('const' in one && one.const === null);
      // All constants: one choice among them, not a choice of forms.
      if (all.every((one) => 'const' in one)) return [[], kinds.includes('null')];
      // Only conditions on what is written beside them (such as which fields go together): the hub checks those.
      if ('properties' in shared && all.every((one) => !('properties' in one) && !('$ref' in one) && !('type' in one))) return [[], false];
      return [all.filter((one) => !isNull(one)), all.some(isNull) || kinds.includes('null')];
    }
    const types = kinds.filter((name) => name !== 'null');
    const nullable = kinds.includes('null');
    if (types.length < 2 || 'enum' in schema || (types.length === 2 && types.includes('integer') && types.includes('number'))) return [[], nullable];
    return [types.map((type) => ({ ...shared, type, nullable: false })), nullable];
  }

  private union(schema: JsonSchema, options: JsonSchema[], nullable: boolean, place: Place): Part {
    const shared = without(schema, 'oneOf', 'anyOf', 'type', 'nullable', 'default', 'title', 'description', '$schema', '$defs', 'definitions');
    const all: Part[] = options.map((one) => {
      const label = { title: textAt(one, 'title') ?? this.nameOf(one) };
      return this.part({ ...joined(shared, '$ref' in one ? one : { ...one, ...label }), ...label }, { ...place, depth: place.depth + 1, required: true, inside: 'union' });
    });
    if (nullable) all.push({ schema: { type: 'null', title: 'null' }, ui: {} });
    const words = pick(schema, 'title', 'description', 'default');
    return {
      schema: { ...words, anyOf: all.map((one) => one.schema) },
      ui: { 'ui:field': 'union', 'ui:fieldReplacesAnyOrOneOf': true, anyOf: all.map((one) => one.ui) },
    };
  }

  private nameOf(schema: JsonSchema): string | undefined {
    if (typeof schema.$ref === 'string') {
      const found = target(this.root, schema.$ref);
      return (isRecord(found) ? textAt(found, 'title') : undefined) ?? schema.$ref.split('/').at(-1);
    }
    const marks = Object.values(recordAt(schema, 'properties') ?? {}).filter((one) => isRecord(one)).map((one) => one.const);
    return marks.find((mark) => typeof mark === 'string');
  }

  private nullable(part: Part, nullable: boolean, place: Place): Part {
    if (!nullable) return part;
    const { type } = part.schema;
    const isPlain = type === 'string' || type === 'number' || type === 'integer' || type === 'boolean';
    if (isPlain) {
      const empty = place.required && place.inside !== 'list' ? { 'ui:emptyValue': null } : {};
      // With three states it is a choice, which has its label above.
      if (type === 'boolean') part.ui['ui:widget'] = 'checkbox';
      return { schema: { ...part.schema, type: [type, 'null'] }, ui: { ...part.ui, ...empty, 'ui:options': { ...(part.ui['ui:options'] as object | undefined), nullable: true } } };
    }
    // What may be left out need not be null as well.
    if (!place.required || part.ui['ui:field']) return part;
    return {
      schema: { ...pick(part.schema, 'title', 'description', 'default'), anyOf: [part.schema, { type: 'null', title: 'null' }] },
      ui: { 'ui:field': 'union', 'ui:fieldReplacesAnyOrOneOf': true, anyOf: [part.ui, {}] },
    };
  }

  private ofKind(kind: Kind | undefined, schema: JsonSchema, place: Place): Part {
    const plain = without(schema, 'nullable', 'allOf', '$defs', 'definitions', '$schema', '$id', '$anchor');
    if ('const' in schema && !('enum' in schema)) {
      // What can only be one thing needs no field; it is part of what the form starts with.
      return place.required ? { schema: { ...plain, type: kind ?? 'null' }, ui: { 'ui:widget': 'hidden' } } : { schema: { ...without(plain, 'const'), type: kind ?? 'null', enum: [schema.const] }, ui: { 'ui:widget': 'choice' } };
    }
    if (isChoice(schema)) return { schema: { ...plain, type: kind ?? 'string' }, ui: { 'ui:widget': 'choice' } };
    switch (kind) {
      case 'object':
        return this.object(plain, place);
      case 'array':
        return this.list(plain, place);
      case 'string':
        return { schema: { ...without(plain, 'format'), type: 'string' }, ui: textUi(schema, place) };
      case 'integer':
      case 'number':
        return { schema: { ...plain, type: kind }, ui: { 'ui:widget': 'number', 'ui:options': { schema } } };
      case 'boolean':
        return { schema: { ...plain, type: 'boolean' }, ui: {} };
      default:
        return this.json(schema, place);
    }
  }

  private object(schema: JsonSchema, place: Place): Part {
    const properties = recordAt(schema, 'properties') ?? {};
    const patterns = Object.values(recordAt(schema, 'patternProperties') ?? {}).filter(isRecord);
    const more = isRecord(schema.additionalProperties) && Object.keys(schema.additionalProperties).length > 0 ? schema.additionalProperties : undefined;
    const values = patterns.length > 1 ? { anyOf: patterns } : (patterns[0] ?? more);
    const names = Object.keys(properties);
    // No field is known: an object of any content. At the top that is how tools without arguments look.
    if (names.length === 0 && !values) return place.inside === 'root' && schema.additionalProperties !== true ? { schema: { ...pick(schema, 'title', 'description'), type: 'object' }, ui: {} } : this.json(schema, place);
    const required = requiredOf(schema);
    const drawn: JsonSchema = {};
    const ui: UiSchema = {};
    for (const name of names) {
      const one = this.part(properties[name], { refs: place.refs, depth: place.depth + 1, name, required: required.includes(name), inside: 'object' });
      drawn[name] = one.schema;
      ui[name] = one.ui;
    }
    const base: JsonSchema = { ...without(schema, 'patternProperties', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties', 'default', 'anyOf', 'oneOf', 'not'), type: 'object', properties: drawn };
    for (const key of ['then', 'else']) {
      const branch = base[key];
      if (!isRecord(branch)) continue;
      const one = this.part({ type: 'object', ...branch }, { ...place, depth: place.depth + 1, inside: 'union' });
      base[key] = one.schema;
      Object.assign(ui, { ...one.ui, ...ui });
    }
    if (values) {
      const one = this.part(values, { refs: place.refs, depth: place.depth + 1, name: '', required: true, inside: 'map' });
      // The library would start a number as a text.
      const isNumber = one.schema.type === 'integer' || one.schema.type === 'number';
      base.additionalProperties = isNumber ? { ...one.schema, default: 0 } : withBlank(one.schema);
      ui.additionalProperties = one.ui;
    }
    // A map without entries says enough, and the whole cannot be left out: they need no switch.
    if (names.length === 0 || place.inside === 'root') ui['ui:options'] = { enableOptionalDataFieldForType: [] };
    return { schema: keepDefault(base, schema), ui };
  }

  private list(schema: JsonSchema, place: Place): Part {
    const rest = without(schema, 'prefixItems', 'additionalItems', 'items', 'default', 'contains', 'unevaluatedItems');
    const inner = { refs: place.refs, depth: place.depth + 1, name: place.name, required: true, inside: 'list' as const };
    const firsts = listAt(schema, 'prefixItems') ?? listAt(schema, 'items');
    if (firsts) {
      const parts = firsts.map((one) => this.part(one, inner));
      const after = 'prefixItems' in schema ? schema.items : schema.additionalItems;
      const more = isRecord(after) ? this.part(after, inner) : undefined;
      return {
        schema: keepDefault({ ...rest, type: 'array', items: parts.map((one) => withBlank(one.schema)), ...(more && { additionalItems: withBlank(more.schema) }) }, schema),
        // One for each place; the library takes a list here although its type does not say so.
        ui: { items: parts.map((one) => one.ui) as unknown as UiSchema, ...(more && { additionalItems: more.ui }) },
      };
    }
    const items = this.part(schema.items ?? {}, inner);
    const choices = schema.uniqueItems === true && isChoice(items.schema);
    return {
      schema: keepDefault({ ...rest, type: 'array', items: choices ? items.schema : withBlank(items.schema) }, schema),
      ui: choices ? { 'ui:widget': 'choices' } : { items: { ...items.ui, 'ui:emptyValue': items.schema.type === 'string' ? '' : undefined } },
    };
  }

  private json(schema: JsonSchema, place: Place): Part {
    return {
      // The library draws nothing at all for an empty schema.
      schema: { ...pick(schema, 'title', 'description', 'default', 'examples'), 'x-json': true },
      ui: { 'ui:field': 'json', 'ui:fieldReplacesAnyOrOneOf': true, 'ui:options': { kinds: isRecord(schema) ? kindsOf(schema) : [], required: place.required } },
    };
  }
}

/** Names of texts that are rarely one line. */
const LONG_NAMES = /(^|_|-)(text|content|contents|prompt|body|message|code|sql|script|markdown|html|instructions?|thought|description|summary)$/i;

function textUi(schema: JsonSchema, { name, inside }: Place): UiSchema {
  const format = textAt(schema, 'format');
  const encoding = textAt(schema, 'contentEncoding');
  const empty = inside === 'list' ? { 'ui:emptyValue': '' } : {};
  if (format === 'password' || schema.writeOnly === true) return { ...empty, 'ui:widget': 'password' };
  if (format === 'data-url' || format === 'byte' || format === 'binary' || encoding === 'base64')
    return { ...empty, 'ui:widget': 'file', 'ui:options': { dataUrl: format === 'data-url', accept: textAt(schema, 'contentMediaType') } };
  const most = numberAt(schema, 'maxLength');
  const isLong = format === 'multiline' || format === 'textarea' || /^text\//.test(textAt(schema, 'contentMediaType') ?? '') || (most !== undefined && most > 200);
  if (isLong || (!format && most === undefined && LONG_NAMES.test(name))) return { ...empty, 'ui:widget': 'textarea' };
  return { ...empty, 'ui:widget': 'text', 'ui:options': { format } };
}

/** One value among given ones. */
function isChoice(schema: JsonSchema): boolean {
  const options = listAt(schema, 'oneOf') ?? listAt(schema, 'anyOf');
  return 'enum' in schema || (options !== undefined && options.length > 0 && options.every((one) => isRecord(one) && 'const' in one));
}

const keepDefault = (drawn: JsonSchema, schema: JsonSchema): JsonSchema => ('default' in schema ? { ...drawn, default: schema.default } : drawn);
/** Entries that are added start with this: the one `default` that the form library is to see. */
function withBlank(schema: JsonSchema): JsonSchema {
  const blank = blankOf(schema);
  return blank === undefined ? schema : { ...schema, default: blank };
}

const without = (schema: JsonSchema, ...keys: string[]): JsonSchema => Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
const pick = (schema: JsonSchema, ...keys: string[]): JsonSchema => Object.fromEntries(Object.entries(schema).filter(([key]) => keys.includes(key)));
