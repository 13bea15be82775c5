export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED: Record<string, string> = { n: '\n' };

/** Figures in the text form that Prometheus reads. */
export function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (!match) return [];
    const labels = Object.fromEntries([...(match[2] ?? '').matchAll(LABEL)].map(([, key = '', value = '']) => [key, value.replace(/\\(.)/g, (_, c: string) => ESCAPED[c] ?? c)]));
    return [{ name: match[1] ?? '', labels, value: Number(match[3]) }];
  });
}

export const valueOf = (samples: readonly Sample[], name: string): number | undefined => samples.find((sample) => sample.name === name)?.value;
