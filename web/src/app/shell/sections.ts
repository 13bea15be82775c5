import { Inbox, MessageSquare, ListTree, Plug, Settings, Wrench, type LucideIcon } from 'lucide-react';

export interface Section {
  key: 'chat' | 'runs' | 'backends' | 'tools' | 'inbox' | 'settings';
  to: '/chat' | '/runs' | '/backends' | '/tools' | '/inbox' | '/settings';
  icon: LucideIcon;
  keys: string;
}

/** The parts of the page, in the order of the navigation. */
export const sections: readonly Section[] = [
  { key: 'chat', to: '/chat', icon: MessageSquare, keys: 'g c' },
  { key: 'runs', to: '/runs', icon: ListTree, keys: 'g r' },
  { key: 'backends', to: '/backends', icon: Plug, keys: 'g b' },
  { key: 'tools', to: '/tools', icon: Wrench, keys: 'g t' },
  { key: 'inbox', to: '/inbox', icon: Inbox, keys: 'g i' },
  { key: 'settings', to: '/settings', icon: Settings, keys: 'g s' },
];
