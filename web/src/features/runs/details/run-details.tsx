import { Link } from '@tanstack/react-router';
import { Download, FileText } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run, Schemas } from '@/api/types';
import { Artifacts } from '@/features/chat';
import { hubPath } from '@/lib/base';
import { answerOf, type Transcript } from '@/lib/fold';
import { formatBytes, formatMoment } from '@/lib/format';
import { Ago, Badge, JsonView } from '@/ui';
import type { Trace } from '../model/trace';
import { Fact, Facts, Id, Section, UsageFacts } from './parts';
import { Value } from './value';

export interface RunDetailsProps {
  trace: Trace;
  transcript: Transcript;
  run: Run | undefined;
}

/** The run as a whole: what went in, what came out, what it cost, and what went wrong. */
export function RunDetails({ trace, transcript, run }: RunDetailsProps) {
  const { t } = useTranslation('runs');
  const answer = answerOf(transcript)
    .map(({ text }) => text)
    .filter(Boolean)
    .join('\n\n');
  return (
    <>
      {transcript.errors.map((error, at) => (
        <Failure key={at} error={error} />
      ))}
      {transcript.done && transcript.done.outcome !== 'succeeded' && transcript.errors.length === 0 && transcript.done.reason && (
        <p dir="auto" className="rounded-md border bg-sunken px-3 py-2 text-sm prose-plain">
          {transcript.done.reason}
        </p>
      )}
      {run && <Input input={run.input} />}
      {answer && (
        <Section title={t('details.answer')}>
          <Value value={answer} name="answer" />
        </Section>
      )}
      {transcript.artifacts.length > 0 && (
        <Section title={t('details.artifacts')}>
          <Artifacts artifacts={transcript.artifacts} />
        </Section>
      )}
      {transcript.citations.length > 0 && <Citations citations={transcript.citations} />}
      <UsageByModel trace={trace} transcript={transcript} />
      {run && <About run={run} transcript={transcript} />}
    </>
  );
}

function Failure({ error }: { error: Schemas['ErrorData'] }) {
  const { t } = useTranslation('runs');
  return (
    <div role="alert" className="rounded-lg border border-bad/30 bg-bad-soft px-3 py-2.5 text-sm">
      <p dir="auto" className="prose-plain text-bad">
        {error.message}
      </p>
      {error.hint && (
        <p dir="auto" className="mt-1 text-muted prose-plain">
          {error.hint}
        </p>
      )}
      <p className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        <a href={hubPath(`/api/v1/errors/${error.code}`)} target="_blank" rel="noreferrer" className="font-mono underline underline-offset-2 hover:text-ink">
          {error.code}
        </a>
        {error.peer_status != null && <span>{t('details.peerStatus', { status: error.peer_status })}</span>}
        {error.fatal && <span>{t(error.retry_safe ? 'details.retrySafe' : 'details.retryUnsafe')}</span>}
      </p>
    </div>
  );
}

const Input = memo(function Input({ input }: { input: Schemas['RunInput'] }) {
  const { t } = useTranslation('runs');
  const { text, files, ...rest } = input;
  const more = Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null && !(typeof value === 'object' && Object.keys(value).length === 0)));
  return (
    <Section title={t('details.input')}>
      {text != null && <Value value={text} name="input" />}
      {Object.keys(more).length > 0 && <JsonView value={more} />}
      {files?.map((file) => <FileLine key={file.blob_id} name={file.name} mediaType={file.media_type} size={file.size} href={blobPath(file.blob_id, file.name)} />)}
      {text == null && Object.keys(more).length === 0 && !files?.length && <p className="text-xs text-faint">{t('details.noInput')}</p>}
    </Section>
  );
});

const blobPath = (id: string, name: string): string => hubPath(`/api/v1/blobs/${id}?name=${encodeURIComponent(name)}`);

function FileLine({ name, mediaType, size, href }: { name: string; mediaType: string; size: number | null | undefined; href: string | undefined }) {
  const { t, i18n } = useTranslation('runs');
  return (
    <div className="flex min-h-8 items-center gap-2 rounded-md border bg-surface px-2.5 py-1 text-xs">
      <FileText aria-hidden className="size-3.5 shrink-0 text-faint" />
      <span dir="auto" title={name} className="min-w-0 flex-1 truncate">
        {name}
      </span>
      <span dir="ltr" className="max-w-[40%] truncate text-faint">
        {mediaType}
      </span>
      {size != null && <span className="text-faint tabular-nums">{formatBytes(size, i18n.language)}</span>}
      {href && (
        <a href={href} target="_blank" rel="noreferrer" aria-label={t('details.openFile', { name })} title={t('details.openFile', { name })} className="flex size-6 items-center justify-center rounded text-muted hover:bg-hover hover:text-ink">
          <Download className="size-3.5" />
        </a>
      )}
    </div>
  );
}

function Citations({ citations }: { citations: readonly Schemas['Citation'][] }) {
  const { t } = useTranslation('runs');
  return (
    <Section title={t('details.citations')}>
      <ol className="flex list-decimal flex-col gap-1.5 ps-5 text-xs">
        {citations.map(({ title, url, text }, at) => (
          <li key={at} dir="auto">
            {url && /^https?:/.test(url) ? (
              <a href={url} target="_blank" rel="noreferrer" className="text-accent underline underline-offset-2">
                {title ?? url}
              </a>
            ) : (
              title && <span className="font-medium">{title}</span>
            )}
            {text && <p className="line-clamp-3 text-muted">{text}</p>}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function UsageByModel({ trace, transcript }: Pick<RunDetailsProps, 'trace' | 'transcript'>) {
  const { t } = useTranslation('runs');
  const models = [...trace.model.byModel.values()];
  if (models.length === 0) return null;
  return (
    <Section title={t('details.usage')}>
      <Facts>
        {models.length > 1 && models.map((usage) => <UsageFacts key={usage.model ?? ''} usage={usage} />)}
        {models.length > 1 ? <UsageFacts usage={{ ...transcript.usage, model: t('details.together') }} /> : models.map((usage) => <UsageFacts key={usage.model ?? ''} usage={{ ...transcript.usage, model: usage.model }} />)}
      </Facts>
    </Section>
  );
}

function About({ run, transcript }: { run: Run; transcript: Transcript }) {
  const { t, i18n } = useTranslation('runs');
  const verdict = transcript.done?.verdict;
  return (
    <Section title={t('details.about')}>
      <Facts>
        <Fact name={t('details.asked')} title={formatMoment(run.created_at, i18n.language)}>
          {formatMoment(run.created_at, i18n.language)} · <Ago at={run.created_at} />
        </Fact>
        {run.attempt > 1 && <Fact name={t('details.attempts')}>{run.attempt}</Fact>}
        {verdict && (
          <Fact name={t('details.verdict')}>
            <Badge tone={verdict === 'verified' ? 'ok' : 'warn'} title={t(`verdict.${verdict}Text`)}>
              {t(`verdict.${verdict}`)}
            </Badge>
          </Fact>
        )}
        {run.entry && (
          <Fact name={t('details.entry')}>
            <span dir="auto">{run.entry}</span>
          </Fact>
        )}
        {run.conversation_id != null && (
          <Fact name={t('details.conversation')}>
            <Link to="/chat/$id" params={{ id: run.conversation_id }} className="text-accent underline underline-offset-2">
              {t('details.openChat')}
            </Link>
          </Fact>
        )}
        <Fact name={t('details.runId')}>
          <Id value={run.id} />
        </Fact>
        {run.external_id != null && (
          <Fact name={t('details.peerId')}>
            <Id value={run.external_id} />
          </Fact>
        )}
      </Facts>
    </Section>
  );
}
