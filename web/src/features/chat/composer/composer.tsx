import { ArrowUp, Paperclip, SlidersHorizontal } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState, type DragEvent, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { draftFiles, entryOf, fileFields, needsFields, RunForm, takesText, useWorkflowRows } from '@/features/workflows';
import type { Fault } from '@/features/schema-form';
import { cn } from '@/lib/cn';
import { IconButton } from '@/ui';
import type { ChatDraft, Target } from '../state/drafts';
import { Attachments } from './attachments';
import { hindranceOf, rowOf, type Hindrance } from './obstacles';
import { TargetBar } from './target-bar';
import { TextBox } from './text-box';

interface ComposerProps {
  ref?: Ref<HTMLTextAreaElement>;
  draft: ChatDraft;
  /** Not known as long as the conversation is not read. */
  targets: readonly Target[] | undefined;
  onChange: (change: Partial<ChatDraft>) => void;
  onSend: () => void;
  onRecall: () => void;
  /** What the hub found wrong with what was sent last. */
  faults?: readonly Fault[];
  busy?: boolean;
}

/** What is told before one tries to send. */
const ALWAYS_TOLD: readonly Hindrance['why'][] = ['noFiles', 'cannotRun', 'gone', 'noText'];

/** Where the next message is written: whom it goes to, words, files, and the fields that a workflow takes besides. */
export function Composer({ ref, draft, targets, onChange, onSend, onRecall, faults, busy = false }: ComposerProps) {
  const { t } = useTranslation('chat');
  const id = useId();
  const { rows } = useWorkflowRows();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  /** For which draft it was tried to send: another one may be fine. */
  const [tried, setTried] = useState<ChatDraft>();
  /** Sent before it was known what can be run: it goes as soon as that is. */
  const [early, setEarly] = useState<ChatDraft>();
  const entries = (targets ?? []).flatMap((target) => {
    const row = rows && rowOf(rows, target);
    return (row && entryOf(row.workflow, target.entry)) ?? [];
  });
  const [first] = entries;
  const must = first !== undefined && needsFields(first);
  const filled = draft.data !== undefined && Object.keys(draft.data as object).length > 0;
  const [fieldsWanted, setFieldsWanted] = useState<boolean>();
  const fieldsOpen = first !== undefined && (fieldsWanted ?? (must || (faults?.length ?? 0) > 0));
  const said = first === undefined || takesText(first);
  const known = rows !== undefined && targets !== undefined;
  const hindrance = rows && targets && hindranceOf(draft, targets, rows);
  const mayAttach = entries.length > 0 && entries.every((entry) => entry.files);
  const attach = (files: Iterable<File>) => onChange({ files: [...draft.files, ...draftFiles(files, (first && fileFields(first)[0]) ?? 'file')] });
  const send = () => {
    if (busy) return;
    if (!known) {
      setEarly(draft);
      return;
    }
    if (hindrance) {
      setTried(draft);
      if (hindrance.why === 'fields') setFieldsWanted(true);
      return;
    }
    setFieldsWanted(undefined);
    onSend();
  };
  const sendEarly = useEffectEvent(() => {
    if (early === draft && !busy && !hindrance) onSend();
  });
  useEffect(() => {
    if (known) sendEarly();
  }, [known]);
  const drop = (event: DragEvent) => {
    setOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    attach(event.dataTransfer.files);
  };
  const told = hindrance && (ALWAYS_TOLD.includes(hindrance.why) || ((tried === draft || early === draft) && hindrance.why !== 'empty')) ? hindrance : undefined;

  return (
    <form
      aria-label={t('compose')}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        if (!mayAttach || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className="flex min-w-0 flex-col gap-2"
    >
      <TargetBar targets={targets} onChange={(next) => onChange({ targets: next })} />
      <div
        className={cn(
          'relative min-w-0 rounded-xl border border-line-strong/50 bg-surface shadow-card transition-colors focus-within:border-accent',
          over && 'border-accent bg-accent-soft',
        )}
      >
        {fieldsOpen && (
          <div id={`${id}-fields`} className="max-h-[45dvh] overflow-y-auto scroll-thin border-b px-3.5 py-3">
            <RunForm key={first.id} entry={{ ...first, files: false }} draft={draft} onChange={(next) => onChange(next)} faults={faults} withoutText disabled={busy} />
          </div>
        )}
        <Attachments draft={draft} onChange={onChange} />
        <div className="flex min-w-0 items-end">
          <div className="min-w-0 flex-1">
            {said ? (
              <TextBox
                ref={ref}
                label={t('message')}
                placeholder={over ? t('dropHere') : t('placeholder')}
                value={draft.text}
                onChange={(text) => onChange({ text })}
                onSend={send}
                onFiles={(files) => mayAttach && attach(files)}
                onRecall={onRecall}
              />
            ) : (
              <p className="px-3.5 py-2.5 text-sm text-muted">{t('formOnly')}</p>
            )}
          </div>
          <div className="flex shrink-0 items-center gap-1 p-1.5">
            {first !== undefined && !(fieldsOpen && !said) && (
              <IconButton
                label={fieldsOpen ? t('hideFields') : t('showFields')}
                aria-expanded={fieldsOpen}
                aria-controls={fieldsOpen ? `${id}-fields` : undefined}
                onClick={() => setFieldsWanted(!fieldsOpen)}
                className={cn((fieldsOpen || filled) && 'text-accent')}
              >
                <SlidersHorizontal className="size-4" />
              </IconButton>
            )}
            <IconButton label={mayAttach ? t('attach') : t('attachNot')} disabled={!mayAttach} onClick={() => picker.current?.click()}>
              <Paperclip className="size-4" />
            </IconButton>
            <IconButton type="submit" tone="primary" label={t('send')} busy={busy || (early === draft && !known)} disabled={!targets || hindrance?.why === 'empty' || hindrance?.why === 'noTarget'}>
              <ArrowUp className="size-4" />
            </IconButton>
          </div>
        </div>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            attach(event.target.files ?? []);
            event.target.value = '';
          }}
        />
      </div>
      {told && (
        <p role="status" className="text-xs text-warn">
          {'name' in told ? t(`hindrance.${told.why}`, { name: told.name }) : t(`hindrance.${told.why}`)}
        </p>
      )}
    </form>
  );
}
