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
