import { createStore } from './store';

export interface Toast {
  id: number;
  tone: 'ok' | 'bad' | 'info';
  text: string;
  detail?: string;
  action?: { label: string; run: () => void };
}

const KEEP_MS = 6000;
let next = 1;

export const toasts = createStore<readonly Toast[]>([]);

export const dismissToast = (id: number): void => toasts.set((all) => all.filter((toast) => toast.id !== id));

/** Says something in passing. What must not be missed belongs on the page instead. */
export function toast(toast: Omit<Toast, 'id'>): void {
  const id = next++;
  toasts.set((all) => [...all.slice(-3), { ...toast, id }]);
  // What went wrong stays until it is read.
  if (toast.tone !== 'bad') setTimeout(() => dismissToast(id), KEEP_MS);
}
