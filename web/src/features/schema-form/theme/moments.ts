/** The browser's own fields for what a text holds. */
export const INPUT_TYPES: Record<string, string> = {
  date: 'date',
  time: 'time',
  email: 'email',
  uri: 'url',
  url: 'url',
  color: 'color',
};

const two = (value: number) => String(value).padStart(2, '0');

/** `2026-01-02T03:04:05Z` as the clock on the wall of whoever looks. */
export function toLocal(moment: string): string {
  const at = new Date(moment);
  if (moment === '' || Number.isNaN(at.getTime())) return '';
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The clock on the wall as a moment with its offset from UTC. */
export function fromLocal(local: string): string {
  const at = new Date(local);
  if (local === '' || Number.isNaN(at.getTime())) return '';
  const offset = -at.getTimezoneOffset();
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${local.length === 16 ? `${local}:00` : local}${zone}`;
}
