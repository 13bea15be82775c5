/** A secret that a platform knows by name. */
export interface KnownSecret {
  name: string;
  title: string;
  description: string;
}

/** A family of secrets with names of one form, such as `header:X-Team`. */
export interface SecretFamily {
  pattern: RegExp;
  /** The form of the names, to show: `header:…`. */
  shape: string;
  title: string;
  description: string;
}

interface Entry {
  title?: string;
  description?: string;
}

/** Reads the JSON Schema of a platform's secrets: an object of texts. */
export function readSecretSchema(schema: unknown): { known: KnownSecret[]; families: SecretFamily[] } {
  const { properties = {}, patternProperties = {} } = (schema ?? {}) as {
    properties?: Record<string, Entry>;
    patternProperties?: Record<string, Entry>;
  };
  const known = Object.entries(properties).map(([name, { title, description }]) => ({
    name,
    title: title ?? name,
    description: description ?? '',
  }));
  const families = Object.entries(patternProperties).map(([pattern, { title, description }]) => ({
    pattern: new RegExp(pattern),
    shape: shapeOf(pattern),
    title: title ?? pattern,
    description: description ?? '',
  }));
  return { known, families };
}

const shapeOf = (pattern: string): string => pattern.replace(/^\^|\$$/g, '').replaceAll('.+', '…').replaceAll(/[()]/g, '');
