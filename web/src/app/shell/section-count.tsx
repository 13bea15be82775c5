import { useInboxCount } from '@/features/inbox';
import type { Section } from './sections';

/** How much waits in a section. Only the inbox says so: there a person is needed. */
export function SectionCount({ section, dot }: { section: Section['key']; dot: boolean }) {
  return section === 'inbox' ? <Waiting dot={dot} /> : null;
}

function Waiting({ dot }: { dot: boolean }) {
  const count = useInboxCount();
  if (count === 0) return null;
  if (dot) return <span aria-hidden className="-ms-2 mb-2 size-2 rounded-full bg-warn-solid" />;
  return <span className="rounded-full bg-warn-soft px-1.5 text-2xs font-medium text-warn tabular-nums">{count > 99 ? '99+' : count}</span>;
}
