import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { keys } from '@/api/queries';
import type { Schemas } from '@/api/types';
import { Button, Dialog, InlineText, Problem } from '@/ui';
import { ImportEntryCard } from './entry';
import { formatNames, given, proposed, toAdd, type Variables } from './model';
import { Source } from './source';

type Request = Schemas['ImportRequest'];

/** Takes over MCP servers from another program's configuration: first what is in it, then what shall be added. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['backends', 'common']);
  const client = useQueryClient();
  const [source, setSource] = useState<Request>();
  const [variables, setVariables] = useState<Variables>({});
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const send = useMutation({
    mutationFn: (request: Request) => body(api.POST('/api/v1/import', { body: request })),
    onSuccess: (report) => {
      if (report.dry_run) setChosen(proposed(report));
      else void client.invalidateQueries({ queryKey: keys.backends });
    },
  });
  const report = send.data;
  const done = report?.dry_run === false;
  const adding = report ? toAdd(report, chosen, variables) : [];
  const read = (from: Request) => {
    setSource(from);
    setVariables({});
    send.mutate({ ...from, dry_run: true });
  };
  const add = () => send.mutate({ ...source, variables: given(variables), choose: adding.map(({ name }) => name), dry_run: false });
  const toggle = (name: string) =>
    setChosen((before) => new Set(before.has(name) ? [...before].filter((one) => one !== name) : [...before, name]));

  const footer = done ? (
    <Button tone="primary" onClick={onClose}>
      {t('common:close')}
    </Button>
  ) : (
    report && (
      <>
        <Button tone="ghost" icon={<ArrowLeft className="size-4 rtl:-scale-x-100" />} onClick={() => send.reset()} className="me-auto">
          {t('common:back')}
        </Button>
        <Button tone="primary" busy={send.isPending} disabled={adding.length === 0} onClick={add}>
          {t('backends:import.add', { count: adding.length })}
        </Button>
      </>
    )
  );
  return (
    <Dialog open onClose={onClose} title={t('backends:import.title')} description={t('backends:import.text')} size="lg" footer={footer}>
      <div className="flex flex-col gap-4">
        {send.error && <Problem error={send.error} />}
        {!report && <Source busy={send.isPending} onRead={read} />}
        {report && (
          <>
            <p className="text-sm">{t('backends:import.found', { format: formatNames[report.format], count: report.entries.length })}</p>
            {report.notes?.map((note) => (
              <p key={note} dir="auto" className="text-xs text-muted">
                <InlineText text={note} />
              </p>
            ))}
            {!done && report.entries.some(({ command_line }) => command_line != null) && (
              <p className="rounded-md bg-warn-soft px-3 py-2 text-xs text-warn">{t('backends:import.careful')}</p>
            )}
            <ul className="flex flex-col gap-3">
              {report.entries.map((entry) => (
                <ImportEntryCard
                  key={entry.name}
                  entry={entry}
                  isChosen={chosen.has(entry.name)}
                  isDone={done}
                  variables={variables}
                  onToggle={() => toggle(entry.name)}
                  onVariable={(name, value) => setVariables((before) => ({ ...before, [name]: value }))}
                />
              ))}
            </ul>
          </>
        )}
      </div>
    </Dialog>
  );
}
