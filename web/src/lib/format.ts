/** Figures and times in the language of the page. */

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = language + JSON.stringify(options);
  const known = numbers.get(name);
  if (known) return known;
  const made = new Intl.NumberFormat(language, options);
  numbers.set(name, made);
  return made;
}

export const formatNumber = (value: number, language: string): string => numberFormat(language, {}).format(value);

/** 12 ms, 3.4 s, 2 min 5 s, 1 h 20 min. */
export function formatDuration(ms: number, language: string): string {
  const unit = (value: number, name: string, digits: number) =>
    numberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
  if (ms < 1000) return unit(Math.round(ms), 'millisecond', 0);
  const seconds = ms / 1000;
  if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 2 : 1);
  const whole = Math.round(seconds);
  if (whole < 3600) return `${unit(Math.floor(whole / 60), 'minute', 0)} ${unit(whole % 60, 'second', 0)}`;
  return `${unit(Math.floor(whole / 3600), 'hour', 0)} ${unit(Math.floor((whole % 3600) / 60), 'minute', 0)}`;
}

export function formatBytes(bytes: number, language: string): string {
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(names.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return numberFormat(language, { style: 'unit', unit: names[power], unitDisplay: 'short', maximumFractionDigits: power ? 1 : 0 }).format(
    bytes / 1000 ** power,
  );
}

export const formatDays = (days: number, language: string): string =>
  numberFormat(language, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(days);

/** Small costs keep the digits that say something. */
export const formatCost = (usd: number, language: string): string =>
  numberFormat(language, { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 }).format(usd);

const STEPS = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** 5 min ago, in 3 h. */
export function formatAgo(from: number, now: number, language: string): string {
  const difference = from - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(difference) >= step) ?? (['second', 1000] as const);
  // Short Arabic says "in 3 months" for "3 months ago" (CLDR as of Node 20 and Chromium).
  const style = language === 'ar' ? 'long' : 'short';
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto', style }).format(Math.trunc(difference / size), unit);
}

const moments = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a thousand times what using it does. */
function momentFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = language + JSON.stringify(options);
  const known = moments.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, options);
  moments.set(name, made);
  return made;
}

const MOMENT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' };
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' };

export const formatMoment = (at: string | number | Date, language: string): string => momentFormat(language, MOMENT).format(new Date(at));

/** 14:03:07.250 */
export const formatClock = (at: string | number | Date, language: string): string => momentFormat(language, CLOCK).format(new Date(at));
