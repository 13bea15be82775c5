import { Link } from '@tanstack/react-router';
import { Ellipsis, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '@/api/types';
import { cn } from '@/lib/cn';
import { Badge, IconButton, Menu, PlatformMark } from '@/ui';
import { BackendState, Latency } from '../health-line';
import { useMenuItems } from '../menu-items';
import { offersOf } from '../offers';
import { placeOf } from '../place';
import { RemoveDialog } from '../remove-dialog';

/** One backend in the list. */
export function BackendRow({ backend }: { backend: Backend }) {
  const { t } = useTranslation('backends');
  const [removing, setRemoving] = useState(false);
  const items = useMenuItems(backend, () => setRemoving(true));
  const error = backend.enabled ? backend.health.last_error : undefined;
  const { workflows, tools } = offersOf(backend);
  return (
    <li className={cn('relative flex flex-col gap-2 px-4 py-3 hover:bg-hover/50', !backend.enabled && 'text-muted')}>
      <div className="flex items-center gap-3">
        <PlatformMark platform={backend.platform} named />
        <div className="min-w-0 flex-1">
          <div className="flex min-w-0 items-center gap-2">
            <Link
              to="/backends/$id"
              params={{ id: backend.id }}
              className="truncate text-sm font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              <bdi>{backend.name}</bdi>
            </Link>
            {backend.simulated && (
              <Badge tone="accent" title={t('simulatedHint')}>
                {t('simulated')}
              </Badge>
            )}
          </div>
          <p dir="ltr" className="truncate text-start text-xs text-muted rtl:text-end">
            {placeOf(backend)}
          </p>
        </div>
        <p className="hidden w-28 shrink-0 text-xs text-muted lg:block">
          {workflows > 0 && <span className="block truncate">{t('workflowCount', { count: workflows })}</span>}
          {tools > 0 && <span className="block truncate">{t('toolCount', { count: tools })}</span>}
        </p>
        <div className="hidden w-36 shrink-0 justify-end lg:flex">
          <Latency backend={backend} />
        </div>
        <div className="hidden w-48 shrink-0 sm:block">
          <BackendState backend={backend} />
        </div>
        <div className="relative">
          <Menu
            label={t('actionsOf', { name: backend.name })}
            items={items}
            trigger={(props) => (
              <IconButton {...props} label={t('actionsOf', { name: backend.name })}>
                <Ellipsis className="size-4" />
              </IconButton>
            )}
          />
        </div>
      </div>
      <div className="flex ps-10 sm:hidden">
        <BackendState backend={backend} />
      </div>
      {error && (
        <div dir="auto" className="ms-10 flex items-start gap-2 text-xs">
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-bad" />
          <div className="min-w-0 break-words">
            <p className="line-clamp-3 text-bad">{error.message}</p>
            {error.hint != null && <p className="mt-0.5 text-muted">{error.hint}</p>}
          </div>
        </div>
      )}
      {removing && <RemoveDialog backend={backend} onClose={() => setRemoving(false)} />}
    </li>
  );
}
