import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, Dialog, InlineText, Problem, Segmented } from '@/ui';
import { ImportEntryCard } from './entry';
import { formatNames, given, keyOf, proposed, toAdd, type Variables } from './model';
import { Registry } from './registry';
import { Source } from './source';
import { useImport, type Origin } from './use-import';

const PLACES = ['import', 'registry'] as const;
export type Place = (typeof PLACES)[number];

interface ImportDialogProps {
  /** Where the servers come from. */
  place: Place;
  onPlace: (place: Place) => void;
  onClose: () => void;
}

/** Takes over MCP servers from another program's configuration or a registry: first what is there, then what shall be added. */
export function ImportDialog({ place, onPlace, onClose }: ImportDialogProps) {
  const { t } = useTranslation(['backends', 'common']);
  const [origin, setOrigin] = useState<Origin>();
  const [variables, setVariables] = useState<Variables>({});
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // Of the ways to one server only one is taken.
  const isOne = origin !== undefined && 'server' in origin;
  const send = useImport((found, from) => setChosen(new Set([...proposed(found)].slice(0, 'server' in from ? 1 : undefined))));
  const report = send.data;
  const done = report?.dry_run === false;
  const adding = report ? toAdd(report, chosen, variables) : [];
  const read = (from: Origin) => {
    setOrigin(from);
    setVariables({});
    send.mutate({ origin: from, variables: {} });
  };
  const add = () => origin && send.mutate({ origin, variables: given(variables), add: adding });
  const toggle = (key: string) =>
    setChosen((before) => new Set(isOne ? [key] : before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));

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
    <Dialog open onClose={onClose} title={t('backends:import.title')} description={t(place === 'registry' ? 'backends:registry.cardText' : 'backends:import.text')} size="lg" footer={footer}>
      <div className="flex flex-col gap-4">
        {send.error && <Problem error={send.error} />}
        {!report && <Segmented label={t('backends:import.from')} options={PLACES.map((key) => ({ key, label: t(`backends:import.place.${key}`) }))} value={place} onChange={onPlace} />}
        {!report && place === 'import' && <Source busy={send.isPending} onRead={(document) => read({ document })} />}
        {place === 'registry' && (
          // Still there when one comes back from a server.
          <div className={report ? 'hidden' : 'contents'}>
            <Registry busy={send.isPending} onChoose={(server, registry) => read({ server, registry })} />
          </div>
        )}
        {report && (
          <>
            <p className="text-sm">
              {isOne ? t('backends:registry.ways', { server: origin.server, count: report.entries.length }) : t('backends:import.found', { format: formatNames[report.format], count: report.entries.length })}
            </p>
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
                  key={keyOf(entry)}
                  entry={entry}
                  isChosen={chosen.has(keyOf(entry))}
                  isOne={isOne}
                  isDone={done}
                  variables={variables}
                  onToggle={() => toggle(keyOf(entry))}
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
