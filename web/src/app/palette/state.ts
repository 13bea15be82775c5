import { createStore } from '@/lib/store';

/** Which of the frame's dialogs is open. */
export const frameDialog = createStore<'none' | 'palette' | 'shortcuts'>('none');

export const openPalette = (): void => frameDialog.set('palette');
export const openShortcuts = (): void => frameDialog.set('shortcuts');
export const closeFrameDialog = (): void => frameDialog.set('none');
