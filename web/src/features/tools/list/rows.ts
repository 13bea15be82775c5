/** What a list by server is made of. */
export type Row<Item> = { kind: 'server'; id: string; name: string; count: number; open: boolean } | { kind: 'item'; item: Item };

interface Offered {
  backend_id: string;
  backend: string;
}

/** Items under the heads of their servers, in the order in which they came. Closed servers show their head only. */
export function rowsOf<Item extends Offered>(items: readonly Item[], closed: ReadonlySet<string>): Row<Item>[] {
  const servers = new Map<string, Item[]>();
  for (const item of items) {
    const known = servers.get(item.backend_id);
    if (known) known.push(item);
    else servers.set(item.backend_id, [item]);
  }
  return [...servers].flatMap(([id, own]): Row<Item>[] => {
    const open = !closed.has(id);
    const head: Row<Item> = { kind: 'server', id, name: own[0]?.backend ?? '', count: own.length, open };
    return open ? [head, ...own.map((item): Row<Item> => ({ kind: 'item', item }))] : [head];
  });
}
