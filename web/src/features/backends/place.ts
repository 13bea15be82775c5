import type { Backend } from '@/api/types';

/** Where a peer is: its address, or for a local program the command that the hub starts. */
export function placeOf({ base_url, options }: Pick<Backend, 'base_url' | 'options'>): string {
  if (base_url !== 'stdio:' || typeof options !== 'object' || options === null) return base_url;
  const { command, args } = options as Record<string, unknown>;
  const words: unknown[] = [command, ...(Array.isArray(args) ? (args as unknown[]) : [])];
  return words.filter((word) => typeof word === 'string').join(' ') || base_url;
}
