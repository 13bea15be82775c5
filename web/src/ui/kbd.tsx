import { isMac } from '@/lib/keys';

const SIGNS: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  alt: isMac ? '⌥' : 'Alt',
  shift: '⇧',
  enter: '↵',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  space: '␣',
};

/** The keys of a command: `mod+k`, `g r`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span dir="ltr" className="inline-flex items-center gap-1">
      {keys.split(' ').map((chord, at) => (
        <kbd key={at} className="inline-flex h-5 min-w-5 items-center justify-center rounded border bg-sunken px-1 font-sans text-2xs text-muted">
          {chord
            .split('+')
            .map((key) => SIGNS[key] ?? key.toUpperCase())
            .join(isMac ? '' : '+')}
        </kbd>
      ))}
    </span>
  );
}
