import { recall, remember } from './storage';
import { createStore } from './store';

export type Theme = 'system' | 'light' | 'dark';

const read = (): Theme => {
  const kept = recall('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

/** The chosen theme. `public/theme.js` applies it before the first paint, this afterwards. */
export const theme = createStore<Theme>(read());

export function setTheme(next: Theme): void {
  remember('theme', next === 'system' ? null : next);
  apply(next);
}

function apply(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.set(next);
}

/** Other tabs of this browser choose for all. */
export function followTheme(): void {
  window.addEventListener('storage', (event) => {
    if (event.key === 'jackfield.theme') apply(read());
  });
}
