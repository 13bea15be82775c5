import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SchemaTree } from '@/features/schema-form';
import { Ago, Badge, Card, CopyButton, JsonView, Segmented } from '@/ui';
import type { ToolView } from '../queries';
import { Description } from './description';
import { hintsOf } from './hints';

/** All that a server says of a tool. */
export function About({ tool }: { tool: ToolView }) {
  const { t } = useTranslation('tools');
  const hints = hintsOf(tool.annotations);
  return (
    <div className="flex max-w-4xl flex-col gap-6">
      {tool.description && <Description text={tool.description} />}
      <Part title={t('hints')} note={t('hintsNote')}>
        <div className="flex flex-wrap gap-1.5">
          {hints.map(({ key, on }) => (
            <Badge key={key} tone={key === 'destructiveHint' && on ? 'bad' : key === 'readOnlyHint' && on ? 'ok' : 'neutral'}>
              {t(on ? `hint.${key}.on` : `hint.${key}.off`)}
            </Badge>
          ))}
          {hints.length === 0 && <span className="text-sm text-muted">{t('noHints')}</span>}
        </div>
      </Part>
      <SchemaPart title={t('arguments')} schema={tool.input_schema} />
      {tool.output_schema != null && <SchemaPart title={t('result')} schema={tool.output_schema} />}
      <Part title={t('identity')}>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
          <Entry name={t('ownName')} value={tool.name} />
          <Entry name={t('qualifiedName')} value={tool.qualified_name ?? tool.name} />
          <Entry name={t('fingerprint')} value={tool.fingerprint ?? ''} />
          <dt className="text-muted">{t('seen')}</dt>
          <dd>
            <Ago at={tool.discovered_at} />
          </dd>
          {tool.task_support && <Entry name={t('tasks')} value={tool.task_support} />}
        </dl>
      </Part>
      <Part title={t('definition')} note={t('definitionNote')}>
        <JsonView value={tool.definition} open={1} />
      </Part>
    </div>
  );
}

function SchemaPart({ title, schema }: { title: string; schema: unknown }) {
  const { t } = useTranslation('tools');
  const [view, setView] = useState<'tree' | 'raw'>('tree');
  const options = [
    { key: 'tree', label: t('readable') },
    { key: 'raw', label: 'JSON' },
  ] as const;
  return (
    <Part title={title} end={<Segmented label={title} options={options} value={view} onChange={setView} />}>
      {view === 'raw' ? (
        <JsonView value={schema} open={3} />
      ) : (
        <Card className="px-4 py-3">
          <SchemaTree schema={schema} />
        </Card>
      )}
    </Part>
  );
}

function Part({ title, note, end, children }: { title: string; note?: string; end?: React.ReactNode; children: React.ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <header className="flex min-h-7 flex-wrap items-center gap-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        {note && <span className="text-xs text-faint">{note}</span>}
        {end && <span className="ms-auto">{end}</span>}
      </header>
      {children}
    </section>
  );
}

function Entry({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code dir="ltr" className="min-w-0 truncate font-mono text-xs" title={value}>
          {value}
        </code>
        <CopyButton text={value} className="-my-1 size-6" />
      </dd>
    </>
  );
}
