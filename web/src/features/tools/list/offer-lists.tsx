import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '@/lib/format';
import { Badge, Problem, SkeletonRows } from '@/ui';
import { promptsQuery, resourcesQuery, templatesQuery } from '../queries';
import type { ToolsSearch } from '../search';
import { GroupedList } from './grouped-list';

interface OfferListProps {
  search: ToolsSearch;
  /** What narrows the list once one of it is chosen. */
  onwards: ToolsSearch;
  selected: string | undefined;
}

/** How an offer is named in the address of the page. */
export const offerId = (backend: string, name: string): string => `${backend}|${name}`;

/** What servers have to read: whole addresses, and those with variables. */
export function ResourceList({ search, onwards, selected }: OfferListProps) {
  const { t, i18n } = useTranslation('tools');
  const filter = { q: search.q, backend: search.backend };
  const resources = useQuery(resourcesQuery(filter));
  const templates = useQuery(templatesQuery(filter));
  const failed = [resources, templates].find((query) => query.isError && !query.data);
  if (failed) return <Problem error={failed.error} onRetry={() => void failed.refetch()} className="m-4" />;
  if (!resources.data || !templates.data) return <SkeletonRows rows={10} />;
  const items = [
    ...templates.data.map((one) => ({ ...one, uri: one.uri_template, size: null, isTemplate: true })),
    ...resources.data.map((one) => ({ ...one, isTemplate: false })),
  ];
  if (items.length === 0) return <Nothing narrowed={Boolean(search.q ?? search.backend)} text={t('noResources')} />;
  return (
    <GroupedList
      name={`resources ${search.backend ?? ''}`}
      items={items}
      idOf={(item) => offerId(item.backend_id, item.uri)}
      selected={selected}
      draw={(item, props) => (
        <Link to="/tools" search={{ ...onwards, item: offerId(item.backend_id, item.uri) }} {...props}>
          <span className="flex min-w-0 items-center gap-2">
            <bdi className="min-w-0 truncate text-sm font-medium">{item.title ?? item.name}</bdi>
            <span className="ms-auto shrink-0 text-2xs text-faint">{item.isTemplate ? <Badge>{t('template')}</Badge> : item.size == null ? null : formatBytes(item.size, i18n.language)}</span>
          </span>
          <span dir="ltr" className="truncate text-start font-mono text-xs text-muted rtl:text-right">
            {item.uri}
          </span>
        </Link>
      )}
    />
  );
}

/** Prompts that servers have ready. */
export function PromptList({ search, onwards, selected }: OfferListProps) {
  const { t } = useTranslation('tools');
  const prompts = useQuery(promptsQuery({ q: search.q, backend: search.backend }));
  if (prompts.isError && !prompts.data) return <Problem error={prompts.error} onRetry={() => void prompts.refetch()} className="m-4" />;
  if (!prompts.data) return <SkeletonRows rows={10} />;
  if (prompts.data.length === 0) return <Nothing narrowed={Boolean(search.q ?? search.backend)} text={t('noPrompts')} />;
  return (
    <GroupedList
      name={`prompts ${search.backend ?? ''}`}
      items={prompts.data}
      idOf={(item) => offerId(item.backend_id, item.name)}
      selected={selected}
      draw={(item, props) => (
        <Link to="/tools" search={{ ...onwards, item: offerId(item.backend_id, item.name) }} {...props}>
          <bdi className="truncate text-sm font-medium">{item.title ?? item.name}</bdi>
          <span dir="auto" className="truncate text-xs text-muted rtl:text-right">
            {item.description ?? item.name}
          </span>
        </Link>
      )}
    />
  );
}

function Nothing({ narrowed, text }: { narrowed: boolean; text: string }) {
  const { t } = useTranslation('tools');
  return <p className="p-6 text-center text-sm text-muted">{narrowed ? t('nothingFits') : text}</p>;
}
