import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/types';
import { Button, CodeBlock, Dialog, PlatformMark, Problem, Select } from '@/ui';
import { faultsFrom } from './faults';
import { entryOf, runnableEntries, useWorkflowRow } from './rows';
import { RunForm } from './run-form';
import { EMPTY_DRAFT, isComplete, startOf, type DraftFile, type RunDraft, type StartRun } from './run-input';
import { startRun } from './start-run';
import { WorkflowDialog } from './workflow-dialog';

export interface NewRunDialogProps {
  open: boolean;
  onClose: () => void;
  /** What to run; without it one is chosen first. */
  workflow?: string;
  /** Of which backend to choose. */
  backend?: string;
  /** Instead of going to the run. */
  onStarted?: (run: Run) => void;
}

/** Starts a run: choose a workflow, fill in what it takes. */
export function NewRunDialog({ open, onClose, workflow, backend, onStarted }: NewRunDialogProps) {
  const [picked, setPicked] = useState<{ id: string; entry?: string }>();
  if (!open) return null;
  const target = picked ?? (workflow ? { id: workflow } : undefined);
  const close = () => {
    setPicked(undefined);
    onClose();
  };
  if (!target) return <WorkflowDialog open onClose={close} backend={backend} onPick={(row) => setPicked({ id: row.workflow.id, entry: row.entry })} />;
  return <StartDialog key={target.id} target={target} onClose={close} onBack={workflow ? undefined : () => setPicked(undefined)} onStarted={onStarted} />;
}

interface StartDialogProps {
  target: { id: string; entry?: string };
  onClose: () => void;
  onBack?: () => void;
  onStarted?: (run: Run) => void;
}

function StartDialog({ target, onClose, onBack, onStarted }: StartDialogProps) {
  const { t } = useTranslation(['workflows', 'common']);
  const form = useId();
  const navigate = useNavigate();
  const row = useWorkflowRow(target.id);
  const [chosen, setChosen] = useState(target.entry);
  const [draft, setDraft] = useState<RunDraft>(EMPTY_DRAFT);
  const entry = row && entryOf(row.workflow, chosen);
  const start = useMemo(() => row && startOf(row.workflow, entry, draft), [row, entry, draft]);
  const run = useMutation({
    mutationFn: (one: { start: StartRun; files: readonly DraftFile[] }) => startRun(one.start, one.files),
    onSuccess: (started) => {
      onClose();
      if (onStarted) onStarted(started);
      else void navigate({ to: '/runs/$id', params: { id: started.id } });
    },
  });
  const faults = useMemo(() => faultsFrom(run.error), [run.error]);
  const entries = row ? runnableEntries(row.workflow) : [];
  const footer = (
    <>
      {onBack && (
        <Button tone="ghost" onClick={onBack} className="me-auto">
          {t('workflows:another')}
        </Button>
      )}
      <Button onClick={onClose}>{t('common:cancel')}</Button>
      <Button type="submit" form={form} tone="primary" busy={run.isPending} disabled={!entry || !isComplete(entry, draft)} icon={<Play className="size-4 rtl:-scale-x-100" />}>
        {t('workflows:start')}
      </Button>
    </>
  );
  const title = row ? (
    <span className="flex min-w-0 items-center gap-2">
      <PlatformMark platform={row.backend.platform} size="sm" named />
      <span dir="auto" className="truncate">
        {row.workflow.name}
      </span>
    </span>
  ) : (
    t('workflows:start')
  );
  return (
    <Dialog open onClose={onClose} title={title} description={row?.backend.name} size="lg" footer={footer}>
      <form
        id={form}
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (start) run.mutate({ start, files: draft.files });
        }}
      >
        {entries.length > 1 && (
          <label className="flex flex-wrap items-center gap-2 text-sm">
            <span className="font-medium">{t('workflows:wayIn')}</span>
            <Select value={entry?.id} onChange={(event) => setChosen(event.target.value)} className="w-auto max-w-full">
              {entries.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          </label>
        )}
        {entry && <RunForm entry={entry} draft={draft} onChange={setDraft} faults={faults} disabled={run.isPending} />}
        {run.error && <Problem error={run.error} />}
        {start && (
          <details>
            <summary className="text-sm text-muted select-none hover:text-ink">{t('workflows:asRequest')}</summary>
            <CodeBlock code={JSON.stringify(start, null, 2)} label={t('workflows:asRequest')} className="mt-2" />
          </details>
        )}
      </form>
    </Dialog>
  );
}

