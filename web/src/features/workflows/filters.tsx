import { useMemo, type KeyboardEvent, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Platform } from '@/api/types';
import { cn } from '@/lib/cn';
import { platformNames, SearchInput, Select } from '@/ui';
import { tagsOf, type Filter, type StatusFilter } from './find';
import type { WorkflowRow } from './rows';
import { cellId, LIST_ID } from './selector-list';

interface FiltersProps {
  ref: Ref<HTMLInputElement>;
  filter: Filter;
  onChange: (filter: Filter) => void;
  rows: readonly WorkflowRow[];
  /** The row under the cursor, which the keys move while the focus stays in the field. */
  active: string | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
  className?: string;
}

const STATUSES: readonly StatusFilter[] = ['any', 'runnable', 'streams', 'blocked'];
const LOOK = 'w-auto max-w-44 min-w-0 max-sm:w-[calc(50%-0.25rem)] max-sm:max-w-none';

/** What narrows the list. A choice that would narrow nothing is not offered. */
export function Filters({ ref, filter, onChange, rows, active, onKeyDown, className }: FiltersProps) {
  const { t } = useTranslation('workflows');
  const platforms = useMemo(() => [...new Set(rows.map(({ backend }) => backend.platform))], [rows]);
  const backends = useMemo(() => [...new Map(rows.map(({ backend }) => [backend.id, backend.name]))].sort(([, a], [, b]) => a.localeCompare(b)), [rows]);
  const tags = useMemo(() => tagsOf(rows), [rows]);
  const set = (change: Partial<Filter>) => onChange({ ...filter, ...change });
  return (
    <div className={cn('flex flex-wrap items-center gap-2 px-4 py-3', className)}>
      <SearchInput
        ref={ref}
        autoFocus
        role="combobox"
        aria-expanded
        aria-haspopup="grid"
        aria-controls={LIST_ID}
        aria-activedescendant={active && cellId(active)}
        label={t('search')}
        value={filter.text}
        onChange={(event) => set({ text: event.target.value })}
        onKeyDown={onKeyDown}
        className="min-w-40 flex-1 max-sm:w-full max-sm:flex-none"
      />
      {platforms.length > 1 && (
        <Select aria-label={t('platform')} className={LOOK} value={filter.platform} onChange={(event) => set({ platform: event.target.value as Platform | 'any' })}>
          <option value="any">{t('anyPlatform')}</option>
          {platforms.map((platform) => (
            <option key={platform} value={platform}>
              {platformNames[platform]}
            </option>
          ))}
        </Select>
      )}
      {backends.length > 1 && (
        <Select aria-label={t('backend')} className={LOOK} value={filter.backend} onChange={(event) => set({ backend: event.target.value })}>
          <option value="">{t('anyBackend')}</option>
          {backends.map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
      {tags.length > 0 && (
        <Select aria-label={t('tag')} className={LOOK} value={filter.tag} onChange={(event) => set({ tag: event.target.value })}>
          <option value="">{t('anyTag')}</option>
          {tags.map((tag) => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
        </Select>
      )}
      <Select aria-label={t('status')} className={LOOK} value={filter.status} onChange={(event) => set({ status: event.target.value as StatusFilter })}>
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {t(`statuses.${status}`)}
          </option>
        ))}
      </Select>
    </div>
  );
}
