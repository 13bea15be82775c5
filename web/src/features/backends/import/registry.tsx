import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import type { Schemas } from '@/api/types';
import { Badge, Button, Disclosure, Field, Input, Problem, SearchInput, SkeletonRows } from '@/ui';

const OFFICIAL = 'https://registry.modelcontextprotocol.io';

interface Asked {
  q: string;
  registry: string;
}

/** Servers that a registry knows. The hub asks it, and only when somebody wants to know. */
export function Registry({ busy, onChoose }: { busy: boolean; onChoose: (server: string, registry: string | undefined) => void }) {
  const { t } = useTranslation(['backends', 'common']);
  const [draft, setDraft] = useState<Asked>({ q: '', registry: '' });
  const [asked, setAsked] = useState<Asked>();
  const pages = useInfiniteQuery({
    queryKey: ['registry', asked],
    enabled: asked !== undefined,
    retry: false,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
    queryFn: ({ signal, pageParam }) => body(api.GET('/api/v1/registry/servers', { params: { query: { q: asked?.q || undefined, registry: asked?.registry || undefined, cursor: pageParam } }, signal })),
  });
  const servers = pages.data?.pages.flatMap((page) => page.servers) ?? [];
  return (
    <div className="flex flex-col gap-4">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({ q: draft.q.trim(), registry: draft.registry.trim() });
        }}
      >
        <div className="flex gap-2">
          <SearchInput label={t('backends:registry.search')} data-autofocus value={draft.q} onChange={(event) => setDraft({ ...draft, q: event.target.value })} className="flex-1" />
          <Button type="submit" tone="primary" busy={pages.isFetching && !pages.isFetchingNextPage}>
            {t('backends:registry.find')}
          </Button>
        </div>
        <Disclosure summary={t('backends:registry.other')}>
          <Field label={t('backends:address')} hint={t('backends:registry.otherHint')}>
            {(control) => <Input {...control} dir="ltr" inputMode="url" placeholder={OFFICIAL} value={draft.registry} onChange={(event) => setDraft({ ...draft, registry: event.target.value })} />}
          </Field>
        </Disclosure>
      </form>
      {pages.error && <Problem error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isLoading && <SkeletonRows rows={4} className="p-0" />}
      {pages.data && servers.length === 0 && <p className="py-6 text-center text-sm text-muted">{t('backends:nothingFits')}</p>}
      {servers.length > 0 && (
        <ul aria-label={t('backends:registry.found')} className="divide-y rounded-md border">
          {servers.map((server) => (
            <ServerRow key={`${server.name} ${server.version}`} server={server} busy={busy} onChoose={() => onChoose(server.name, asked?.registry || undefined)} />
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button size="sm" tone="ghost" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} className="self-center">
          {t('backends:registry.more')}
        </Button>
      )}
    </div>
  );
}

function ServerRow({ server, busy, onChoose }: { server: Schemas['RegistryServer']; busy: boolean; onChoose: () => void }) {
  const { t } = useTranslation('backends');
  const ways = [...new Set(server.ways.map(({ way, transport }) => way ?? t(`import.transport.${transport}`)))];
  return (
    <li className="flex items-start gap-3 px-3 py-2.5">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="min-w-0 truncate text-sm font-medium">{server.title ?? server.name}</bdi>
          <Badge>{server.version}</Badge>
          {server.status != null && server.status !== 'active' && (
            <Badge tone="warn" title={server.status_message ?? undefined}>
              {server.status}
            </Badge>
          )}
          {ways.map((way) => (
            <Badge key={way} tone="accent">
              {way}
            </Badge>
          ))}
        </div>
        {server.title != null && (
          <p dir="ltr" className="truncate font-mono text-2xs text-faint rtl:text-right">
            {server.name}
          </p>
        )}
        <p dir="auto" className="line-clamp-2 text-xs text-muted">
          {server.description}
        </p>
      </div>
      <Button size="sm" disabled={busy || ways.length === 0} title={ways.length === 0 ? t('registry.noWay') : undefined} onClick={onChoose}>
        {t('import.choose')}
      </Button>
    </li>
  );
}
