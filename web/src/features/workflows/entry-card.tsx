import { CircleSlash, FileUp, KeyRound, Radio } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Badge } from '@/ui';
import { InputsTable } from './inputs-table';
import type { EntryPoint } from './rows';

const KINDS = ['webhook', 'chat', 'form', 'mcp', 'schedule', 'manual', 'sub_workflow', 'api', 'model'] as const;
const isKind = (kind: string): kind is (typeof KINDS)[number] => (KINDS as readonly string[]).includes(kind);

/** One way into a workflow. `choice`: there are several, of which one is taken. */
export function EntryCard({ entry, choice }: { entry: EntryPoint; choice?: { chosen: boolean; choose: () => void } }) {
  const { t } = useTranslation('workflows');
  const streams = entry.streams == null ? 'maybe' : entry.streams ? 'yes' : 'no';
  return (
    <div className={cn('flex min-w-0 flex-col gap-2 rounded-lg border bg-surface p-3', choice?.chosen && 'border-accent', !entry.runnable && 'bg-sunken')}>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1.5">
        {choice ? (
          <label className="flex min-w-0 flex-1 items-center gap-2 text-sm font-medium">
            <input type="radio" name="entry" checked={choice.chosen} onChange={choice.choose} className="size-4 shrink-0 accent-accent-solid" />
            <span dir="auto" className="truncate">
              {entry.name}
            </span>
          </label>
        ) : (
          <span dir="auto" className="min-w-0 flex-1 truncate text-sm font-medium">
            {entry.name}
          </span>
        )}
        <Badge>{isKind(entry.kind) ? t(`kinds.${entry.kind}`) : entry.kind}</Badge>
      </div>
      {!entry.runnable && (
        <p dir="auto" className="flex gap-1.5 text-xs text-warn">
          <CircleSlash aria-hidden className="mt-px size-3.5 shrink-0" />
          <span className="min-w-0 break-words">{entry.reason ?? t('noReason')}</span>
        </p>
      )}
      {entry.url && (
        <p dir="ltr" className="truncate text-start font-mono text-xs text-muted" title={entry.url}>
          {(entry.methods ?? []).join(' ')} {entry.url}
        </p>
      )}
      <ul className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
        <Fact icon={<Radio aria-hidden className={cn('size-3.5', streams === 'yes' && 'text-ok')} />}>{t(`streams.${streams}`)}</Fact>
        {entry.files && <Fact icon={<FileUp aria-hidden className="size-3.5" />}>{t('takesFiles')}</Fact>}
        {entry.auth !== 'none' && (
          <Fact icon={<KeyRound aria-hidden className={cn('size-3.5', !entry.authorized && 'text-bad')} />}>
            {entry.authorized ? t('authorized', { auth: entry.auth }) : t('notAuthorized', { auth: entry.auth })}
          </Fact>
        )}
      </ul>
      {entry.runnable && <InputsTable entry={entry} />}
    </div>
  );
}

const Fact = ({ icon, children }: { icon: React.ReactNode; children: React.ReactNode }) => (
  <li className="inline-flex items-center gap-1">
    {icon}
    {children}
  </li>
);
