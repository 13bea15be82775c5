import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery } from '@/api/queries';
import { useCommands } from '@/lib/commands';
import { useTitle } from '@/lib/title';
import { SearchInput, Segmented, Select } from '@/ui';
import type { ToolsSearch } from '../search';
import { PromptList, ResourceList } from './offer-lists';
import { ToolList } from './tool-list';

export interface ListPaneProps {
  search: ToolsSearch;
  selected: string | undefined;
  onSearch: (change: Partial<ToolsSearch>) => void;
}

const STATUSES = ['available', 'changed', 'quarantined', 'gone', 'backend_down', 'backend_disabled'] as const;

/** What all servers offer, narrowed by words, server and state. */
export function ListPane({ search, selected, onSearch }: ListPaneProps) {
  const { t } = useTranslation(['tools', 'common']);
  const navigate = useNavigate();
  useTitle(selected === undefined ? t('common:nav.tools') : undefined);
  const backends = useQuery(backendsQuery);
  const servers = backends.data?.filter((backend) => backend.type === 'mcp') ?? [];
  const tab = search.tab ?? 'tools';
  const [text, setText] = useDelayed(search.q ?? '', (q) => onSearch({ q: q === '' ? undefined : q }));
  useCommands([{ id: 'tools.search', title: t('search'), group: t('common:nav.tools'), keys: '/', run: () => document.getElementById('tools-search')?.focus() }]);
  // What is chosen before the words were told on takes them along: another address is another list.
  const onwards = { ...search, q: text === '' ? undefined : text };
  return (
    <>
      <header className="flex shrink-0 flex-col gap-2.5 border-b px-4 py-2.5">
        <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
          <h1 className="text-lg font-semibold">{t('common:nav.tools')}</h1>
          <Segmented
            label={t('kind')}
            options={[
              { key: 'tools', label: t('tools') },
              { key: 'resources', label: t('resources') },
              { key: 'prompts', label: t('prompts') },
            ]}
            value={tab}
            onChange={(key) => void navigate({ to: '/tools', search: { q: search.q, backend: search.backend, tab: key === 'tools' ? undefined : key } })}
          />
        </div>
        <SearchInput id="tools-search" label={t('search')} value={text} onChange={(event) => setText(event.target.value)} />
        <div className="flex gap-2">
          <Select aria-label={t('server')} value={search.backend ?? ''} onChange={(event) => onSearch({ backend: event.target.value || undefined })} className="flex-1 text-xs">
            <option value="">{t('allServers')}</option>
            {servers.map((server) => (
              <option key={server.id} value={server.name}>
                {server.name}
              </option>
            ))}
          </Select>
          {tab === 'tools' && (
            <Select aria-label={t('state')} value={search.status ?? ''} onChange={(event) => onSearch({ status: STATUSES.find((status) => status === event.target.value) })} className="flex-1 text-xs">
              <option value="">{t('allStates')}</option>
              {STATUSES.map((status) => (
                <option key={status} value={status}>
                  {t(`status.${status}`)}
                </option>
              ))}
            </Select>
          )}
        </div>
      </header>
      {tab === 'tools' && <ToolList search={search} onwards={onwards} selected={selected} />}
      {tab === 'resources' && <ResourceList search={search} onwards={onwards} selected={selected} />}
      {tab === 'prompts' && <PromptList search={search} onwards={onwards} selected={selected} />}
    </>
  );
}

const CALM_MS = 200;

/** A text that is told on when one stops typing. */
function useDelayed(told: string, tell: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(told);
  const [before, setBefore] = useState(told);
  if (before !== told) {
    setBefore(told);
    setText(told);
  }
  useEffect(() => {
    const timer = text === told ? undefined : setTimeout(() => tell(text), CALM_MS);
    return () => clearTimeout(timer);
  });
  return [text, setText];
}
