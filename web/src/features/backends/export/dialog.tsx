import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import type { Backend, Schemas } from '@/api/types';
import { saveFile } from '@/lib/clipboard';
import { Button, Checkbox, CodeBlock, Dialog, InlineText, Problem, Segmented, Skeleton } from '@/ui';
import { formatNames } from '../import/model';
import { placeOf } from '../place';

type Format = Schemas['ExportFormat'];

const FORMATS: readonly Format[] = ['claude_code', 'cursor', 'vscode'];

/** MCP servers as the configuration of another program, to copy or to save. */
export function ExportDialog({ servers, onClose }: { servers: readonly Backend[]; onClose: () => void }) {
  const { t } = useTranslation(['backends', 'common']);
  const [format, setFormat] = useState<Format>('claude_code');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = servers.filter(({ id }) => !left.has(id)).map(({ id }) => id);
  const query = useQuery({
    queryKey: ['export', format, chosen],
    enabled: chosen.length > 0,
    queryFn: ({ signal }) => body(api.GET('/api/v1/export', { params: { query: { format, backend: chosen } }, signal })),
    placeholderData: (before) => before,
    gcTime: 0,
  });
  const text = query.data && chosen.length > 0 ? JSON.stringify(query.data.document, null, 2) : undefined;
  const file = query.data?.file;
  const toggle = (id: string) => setLeft((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const footer = (
    <>
      <Button onClick={onClose}>{t('common:close')}</Button>
      <Button
        tone="primary"
        icon={<Download className="size-4" />}
        disabled={text === undefined || file === undefined}
        onClick={() => text !== undefined && file !== undefined && saveFile(file.split('/').at(-1) ?? file, text, 'application/json')}
      >
        {t('backends:export.save')}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={t('backends:export.title')} description={t('backends:export.text')} size="lg" footer={footer}>
      <div className="flex flex-col gap-4">
        <Segmented label={t('backends:export.format')} options={FORMATS.map((key) => ({ key, label: formatNames[key] }))} value={format} onChange={setFormat} />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 text-sm font-medium">{t('backends:export.servers')}</legend>
          {servers.map((server) => (
            <Checkbox key={server.id} label={<bdi>{server.name}</bdi>} hint={<bdi className="break-all">{placeOf(server)}</bdi>} checked={!left.has(server.id)} onChange={() => toggle(server.id)} />
          ))}
        </fieldset>
        {query.error && <Problem error={query.error} onRetry={() => void query.refetch()} />}
        {query.isLoading && <Skeleton className="h-32" />}
        {text !== undefined && file !== undefined && (
          <section aria-label={t('backends:export.title')} className="flex flex-col gap-2">
            <p className="text-xs text-muted">
              {t('backends:export.file')} <code dir="ltr">{file}</code>
            </p>
            <CodeBlock code={text} label={file} />
            {query.data?.variables.map(({ name, secret, server }) => (
              <p key={`${server} ${name}`} className="text-xs text-muted">
                {t('backends:export.variable', { name, secret, server })}
              </p>
            ))}
            {query.data?.notes?.map((note) => (
              <p key={note} dir="auto" className="text-xs text-muted">
                <InlineText text={note} />
              </p>
            ))}
          </section>
        )}
      </div>
    </Dialog>
  );
}
