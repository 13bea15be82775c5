// Addresses with variables, after RFC 6570: `file:///{+path}{?lines,from}`.

export interface Variable {
  name: string;
  /** Left out, the address still leads somewhere: only what stands behind `?`, `&`, `;` and `#`. */
  optional: boolean;
}

interface Expression {
  operator: string;
  parts: readonly { name: string; most?: number }[];
}

const EXPRESSION = /\{([+#./;?&]?)([^{}]+)\}/g;

const partsOf = (list: string) =>
  list.split(',').map((one) => {
    const [, name = one, most] = /^([^:*]+)(?::(\d+)|\*)?$/.exec(one.trim()) ?? [];
    return { name, most: most === undefined ? undefined : Number(most) };
  });

export function variablesOf(template: string): Variable[] {
  const found = new Map<string, Variable>();
  for (const [, operator = '', list = ''] of template.matchAll(EXPRESSION)) {
    const optional = ['?', '&', ';', '#'].includes(operator);
    for (const { name } of partsOf(list)) found.set(name, { name, optional: optional && (found.get(name)?.optional ?? true) });
  }
  return [...found.values()];
}

const STYLES: Record<string, { first: string; between: string; named: boolean; free: boolean }> = {
  '': { first: '', between: ',', named: false, free: false },
  '+': { first: '', between: ',', named: false, free: true },
  '#': { first: '#', between: ',', named: false, free: true },
  '.': { first: '.', between: '.', named: false, free: false },
  '/': { first: '/', between: '/', named: false, free: false },
  ';': { first: ';', between: ';', named: true, free: false },
  '?': { first: '?', between: '&', named: true, free: false },
  '&': { first: '&', between: '&', named: true, free: false },
};

/** Puts values into their places. What has none is left out. */
export function expand(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(EXPRESSION, (_, operator: string, list: string) => expression({ operator, parts: partsOf(list) }, values));
}

function expression({ operator, parts }: Expression, values: Readonly<Record<string, string>>): string {
  const style = STYLES[operator] ?? { first: '', between: ',', named: false, free: false };
  const filled = parts.flatMap(({ name, most }) => {
    const value = values[name];
    if (value === undefined || value === '') return [];
    const cut = most === undefined ? value : Array.from(value).slice(0, most).join('');
    const encoded = style.free ? encodeURI(cut).replaceAll('%25', '%') : encodeURIComponent(cut).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    return [style.named ? `${encodeURIComponent(name)}=${encoded}` : encoded];
  });
  return filled.length > 0 ? style.first + filled.join(style.between) : '';
}
