/** What this browser remembers. Storage may be switched off: then everything works, and nothing is remembered. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`jackfield.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`jackfield.${key}`);
    else localStorage.setItem(`jackfield.${key}`, value);
  } catch {
    // Not remembered.
  }
}

const PREFIX = 'jackfield.';

const kept = (): string[] => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
};

/** How much this browser keeps for the page, about. */
export const rememberedBytes = (): number => kept().reduce((sum, key) => sum + 2 * (key.length + (localStorage.getItem(key)?.length ?? 0)), 0);

/** Everything that this browser keeps for the page goes. */
export const forgetAll = (): void => {
  for (const key of kept()) localStorage.removeItem(key);
};
