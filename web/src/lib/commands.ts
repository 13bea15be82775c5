import { useEffect, useRef } from 'react';
import { createStore, useStore } from './store';

/** Something that the palette lists and a key may do. */
export interface Command {
  /** Stable and unique, such as `runs.cancel`. */
  id: string;
  /** What the palette shows. */
  title: string;
  /** Heading in palette and help. */
  group: string;
  /** Further words to find it by. */
  keywords?: string;
  /** `mod+k`, `?`, `g r` (one after the other), `shift+enter`. `mod` is Cmd on a Mac, else Ctrl. */
  keys?: string;
  /** Works also while one types. Keys with `mod` always do. */
  whileTyping?: boolean;
  /** Only a key, not in the palette. */
  hidden?: boolean;
  run: () => void;
}

const registry = createStore<readonly Command[]>([]);

/** All commands that can be given now; the latest of an id counts. */
export const useAllCommands = (): readonly Command[] => useStore(registry);
export const allCommands = (): readonly Command[] => registry.get();

/**
 * Offers commands while the component is shown. They may be made anew with every render; palette and keys see the
 * latest. Pass only what can be done now.
 */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = JSON.stringify(commands.map(({ id, title, group, keywords, keys, hidden }) => [id, title, group, keywords, keys, hidden]));
  useEffect(() => {
    const mine = latest.current.map((command, at) => ({ ...command, run: () => latest.current[at]?.run() }));
    registry.set((all) => [...all, ...mine]);
    return () => registry.set((all) => all.filter((command) => !mine.includes(command)));
  }, [shape]);
}
