import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge, CodeBlock, InlineText, type Tone } from '@/ui';
import { canBeAdded, type Entry, type Variables } from './model';
import { VariableField } from './variable-field';

const TONES: Record<Entry['status'], Tone> = {
  ready: 'ok',
  needs_variables: 'warn',
  duplicate: 'neutral',
  alternative: 'neutral',
  unusable: 'bad',
  added: 'ok',
  failed: 'bad',
  skipped: 'neutral',
};

export interface ImportEntryProps {
  entry: Entry;
  isChosen: boolean;
  /** Only one of all is taken. */
  isOne: boolean;
  /** The import has been done: nothing can be chosen any more. */
  isDone: boolean;
  variables: Variables;
  onToggle: () => void;
  onVariable: (name: string, value: string) => void;
}

/** One server of an import: what will run or be spoken to, in full, before anything is added. */
export function ImportEntryCard({ entry, isChosen, isOne, isDone, variables, onToggle, onVariable }: ImportEntryProps) {
  const { t } = useTranslation('backends');
  const id = useId();
  const open = !isDone && canBeAdded(entry);
  const asked = [...(entry.variables_missing ?? []), ...(entry.variables_optional ?? [])];
  const { problem } = entry;
  return (
    <li className="rounded-lg border bg-surface">
      <div className="flex items-start gap-3 px-3 py-2.5">
        {open && <input id={id} type={isOne ? 'radio' : 'checkbox'} checked={isChosen} onChange={onToggle} className="mt-1 size-4 shrink-0 accent-accent-solid" />}
        <div className="min-w-0 flex-1">
          <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
            <label htmlFor={open ? id : undefined} className="min-w-0 truncate text-sm font-medium">
              <bdi>{entry.name}</bdi>
            </label>
            <Badge tone={TONES[entry.status]}>{t(`import.status.${entry.status}`)}</Badge>
            <Badge>{entry.way ?? t(`import.transport.${entry.transport}`)}</Badge>
            {entry.disabled && <Badge>{t('disabled')}</Badge>}
          </div>
          {entry.description != null && (
            <p dir="auto" className="mt-0.5 line-clamp-2 text-xs text-muted">
              {entry.description}
            </p>
          )}
        </div>
        {entry.backend != null && (
          <Link to="/backends/$id" params={{ id: entry.backend }} className="text-sm text-accent underline underline-offset-2">
            {t('import.open')}
          </Link>
        )}
      </div>
      <div className="flex flex-col gap-2 px-3 pb-3 empty:hidden">
        {entry.command_line != null && <CodeBlock code={entry.command_line} wrap label={t('import.command')} />}
        {entry.url != null && <CodeBlock code={entry.url} wrap label={t('address')} />}
        {entry.cwd != null && (
          <p className="text-xs text-muted">
            {t('import.cwd')} <bdi className="font-mono">{entry.cwd}</bdi>
          </p>
        )}
        {entry.secrets && entry.secrets.length > 0 && (
          <p className="flex items-start gap-1.5 text-xs text-muted">
            <Lock aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            <span>
              {t('import.sealed')} <bdi className="font-mono">{entry.secrets.join(', ')}</bdi>
            </span>
          </p>
        )}
        {entry.is_duplicate_of != null && <p className="text-xs text-muted">{t('import.duplicateOf', { name: entry.is_duplicate_of })}</p>}
        {entry.notes?.map((note) => (
          <p key={note} dir="auto" className="text-xs text-muted">
            <InlineText text={note} />
          </p>
        ))}
        {problem && (
          <p dir="auto" className="text-xs">
            <span className="text-bad">{problem.message}</span> {problem.hint}
          </p>
        )}
        {open &&
          isChosen &&
          asked.map((variable) => (
            <VariableField key={variable.name} variable={variable} value={variables[variable.name] ?? ''} onChange={(value) => onVariable(variable.name, value)} />
          ))}
      </div>
    </li>
  );
}
