import { allCommands } from './commands';

const SEQUENCE_MS = 1200;

export const isMac = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.userAgent);

/** `mod+shift+k` for a pressed key. */
function chord(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  // A shifted sign (`?`) is the sign; only letters and named keys say shift.
  const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key));
  const mod = isMac ? event.metaKey : event.ctrlKey;
  return [mod && 'mod', event.altKey && 'alt', shift && 'shift', key].filter(Boolean).join('+');
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
}

/** Gives commands by their keys. */
export function followKeys(): () => void {
  let first: { chord: string; at: number } | undefined;
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ['Control', 'Meta', 'Shift', 'Alt'].includes(event.key)) return;
    const now = chord(event);
    const typing = isTyping(event.target);
    // A dialog has its own keys.
    const inDialog = document.querySelector('dialog[open]') !== null;
    const sequence = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.chord} ${now}` : undefined;
    const offered = allCommands().filter((command) => {
      if (!command.keys) return false;
      return command.keys.startsWith('mod+') || command.whileTyping || !(typing || inDialog);
    });
    const command = offered.findLast(({ keys }) => keys === sequence) ?? offered.findLast(({ keys }) => keys === now);
    if (command) {
      event.preventDefault();
      first = undefined;
      command.run();
      return;
    }
    first = offered.some(({ keys }) => keys?.startsWith(`${now} `)) ? { chord: now, at: event.timeStamp } : undefined;
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
