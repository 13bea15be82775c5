import { useQuery } from '@tanstack/react-query';
import { SlidersHorizontal } from 'lucide-react';
import { useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { backendsQuery, toolsQuery, workflowsQuery } from '@/api/queries';
import type { RunStatus } from '@/api/types';
import { Badge, IconButton, SearchInput, Select } from '@/ui';
import { Chip } from '../log/chip';
import type { RunsSearch } from '../search';

const STATUSES: readonly RunStatus[] = ['running', 'waiting', 'recovering', 'queued', 'succeeded', 'failed', 'cancelled', 'unknown'];

export interface FiltersProps {
  search: RunsSearch;
  text: string;
  onText: (text: string) => void;
  onChange: (change: RunsSearch) => void;
  input: RefObject<HTMLInputElement | null>;
  wide: boolean;
}

/** What the list is narrowed by. */
export function Filters({ search, text, onText, onChange, input, wide }: FiltersProps) {
  const { t } = useTranslation(['runs', 'common']);
  const [shown, setShown] = useState(false);
  const statuses = search.status ?? [];
  const toggle = (status: RunStatus) => {
    const next = statuses.includes(status) ? statuses.filter((one) => one !== status) : [...statuses, status];
    onChange({ status: next.length > 0 ? next : undefined });
  };
  const chosen = [search.backend, search.workflow, search.tool].filter(Boolean).length;
  return (
    <div className="flex shrink-0 flex-col gap-2 border-b bg-surface px-4 py-2.5 md:px-6">
      <div className="flex items-center gap-2">
        <SearchInput ref={input} label={t('runs:list.search')} value={text} onChange={(event) => onText(event.target.value)} className="min-w-0 flex-1" />
        {wide ? (
          <Choices search={search} onChange={onChange} />
        ) : (
          <span className="relative">
            <IconButton label={t('runs:list.filter')} tone="plain" aria-expanded={shown} onClick={() => setShown(!shown)}>
              <SlidersHorizontal className="size-4" />
            </IconButton>
            {chosen > 0 && <Badge tone="accent" className="pointer-events-none absolute -end-1.5 -top-1.5 !h-4 !px-1">{chosen}</Badge>}
          </span>
        )}
      </div>
      {!wide && shown && (
        <div className="flex flex-col gap-2">
          <Choices search={search} onChange={onChange} />
        </div>
      )}
      <div role="group" aria-label={t('runs:column.status')} className="-my-1 flex gap-1 overflow-x-auto scroll-thin py-1">
        {STATUSES.map((status) => (
          <Chip key={status} on={statuses.includes(status)} onClick={() => toggle(status)}>
            {t(`common:runStatus.${status}`)}
          </Chip>
        ))}
      </div>
    </div>
  );
}

function Choices({ search, onChange }: Pick<FiltersProps, 'search' | 'onChange'>) {
  const { t } = useTranslation('runs');
  const { data: backends = [] } = useQuery(backendsQuery);
  const { data: workflows = [] } = useQuery(workflowsQuery());
  const { data: tools = [] } = useQuery(toolsQuery());
  const ofBackend = workflows.filter(({ backend_id, id }) => search.backend === undefined || backend_id === search.backend || id === search.workflow);
  return (
    <>
      <Choice label={t('list.allBackends')} value={search.backend} options={backends.map(({ id, name }) => [id, name])} onChange={(backend) => onChange({ backend, workflow: undefined })} />
      <Choice label={t('list.allWorkflows')} value={search.workflow} options={ofBackend.map(({ id, name }) => [id, name])} onChange={(workflow) => onChange({ workflow })} />
      {(tools.length > 0 || search.tool !== undefined) && (
        <Choice label={t('list.allTools')} value={search.tool} options={[...new Set(tools.map(({ name }) => name))].map((name) => [name, name])} onChange={(tool) => onChange({ tool })} />
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: (readonly [value: string, name: string])[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const isKnown = value === undefined || options.some(([one]) => one === value);
  return (
    <Select aria-label={label} value={value ?? ''} onChange={(event) => onChange(event.target.value || undefined)} className={value === undefined ? 'md:!w-40' : 'border-accent md:!w-40'}>
      <option value="">{label}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </Select>
  );
}
