import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft, Ellipsis, Play, Plug, RefreshCw, Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Backend } from '@/api/types';
import { NewRunDialog } from '@/features/workflows';
import { useCommands } from '@/lib/commands';
import { Badge, Button, buttonClass, EmptyState, IconButton, Menu, PageHeader, PlatformMark, Problem, SkeletonRows, Tabs } from '@/ui';
import { useBackendActions } from '../actions';
import { Edit } from '../form/edit';
import { useMenuItems } from '../menu-items';
import { offersOf } from '../offers';
import { RemoveDialog } from '../remove-dialog';
import type { BackendTab } from '../search';
import { useBackends } from '../use-backends';
import { Guide } from './guide';
import { Overview } from './overview';
import { Tools } from './tools';
import { Workflows } from './workflows';

/** One backend. */
export function BackendPage() {
  const { t } = useTranslation('backends');
  const { id } = useParams({ from: '/backends/$id' });
  const backends = useBackends();
  const backend = backends.data?.find((one) => one.id === id || one.name === id);
  if (backends.error && !backend) return <Problem error={backends.error} onRetry={() => void backends.refetch()} className="m-6" />;
  if (backends.isPending) return <SkeletonRows />;
  if (!backend) {
    return (
      <EmptyState
        heading="h1"
        icon={<Plug />}
        title={t('gone.title')}
        action={
          <Link to="/backends" className={buttonClass()}>
            {t('all')}
          </Link>
        }
      >
        {t('gone.text')}
      </EmptyState>
    );
  }
  return <Present backend={backend} />;
}

function Present({ backend }: { backend: Backend }) {
  const { t } = useTranslation(['backends', 'common']);
  const { tab: wanted = 'overview' } = useSearch({ from: '/backends/$id' });
  const tab = wanted === (backend.type === 'mcp' ? 'workflows' : 'tools') ? 'overview' : wanted;
  const navigate = useNavigate({ from: '/backends/$id' });
  const { test, discover } = useBackendActions();
  const [removing, setRemoving] = useState(false);
  const [starting, setStarting] = useState(false);
  const offers = offersOf(backend);
  const canRun = backend.enabled && offers.workflows > 0;
  const items = useMenuItems(backend, () => setRemoving(true)).filter((item) => item?.key !== 'test' && item?.key !== 'discover');
  const open = (next: BackendTab) => void navigate({ search: { tab: next === 'overview' ? undefined : next }, replace: true });
  const testNow = () => {
    open('overview');
    test.mutate(backend);
  };
  useCommands([
    ...(canRun ? [{ id: 'backend.run', title: t('backends:newRun'), group: backend.name, keys: 'n', run: () => setStarting(true) }] : []),
    { id: 'backend.test', title: t('backends:test'), group: backend.name, keys: 't', run: testNow },
    { id: 'backend.discover', title: t('backends:refresh'), group: backend.name, keys: 'r', run: () => discover.mutate(backend) },
    { id: 'backend.edit', title: t('backends:edit'), group: backend.name, keys: 'e', run: () => open('settings') },
    { id: 'backend.remove', title: t('backends:remove.menu'), group: backend.name, run: () => setRemoving(true) },
  ]);
  return (
    <>
      <PageHeader
        name={backend.name}
        back={
          <Link to="/backends" aria-label={t('backends:all')} title={t('backends:all')} className={buttonClass('ghost', 'sm')}>
            <ArrowLeft className="size-4 rtl:-scale-x-100" />
          </Link>
        }
        title={
          <span className="flex items-center gap-2.5">
            <PlatformMark platform={backend.platform} named />
            <bdi className="truncate">{backend.name}</bdi>
          </span>
        }
        beside={
          <>
            {backend.simulated && (
              <Badge tone="accent" title={t('backends:simulatedHint')}>
                {t('backends:simulated')}
              </Badge>
            )}
            {!backend.enabled && <Badge>{t('backends:disabled')}</Badge>}
          </>
        }
        actions={
          <>
            <Button icon={<RefreshCw className="size-4" />} busy={discover.isPending} disabled={!backend.enabled} title={t('backends:refresh')} onClick={() => discover.mutate(backend)}>
              <span className="max-sm:sr-only">{t('backends:refresh')}</span>
            </Button>
            {backend.type === 'mcp' && (
              <Link to="/tools" search={{ backend: backend.name }} title={t('backends:showTools')} className={buttonClass()}>
                <Wrench aria-hidden className="size-4" />
                <span className="max-sm:sr-only">{t('backends:showTools')}</span>
              </Link>
            )}
            {canRun && (
              <Button tone="primary" icon={<Play className="size-4 rtl:-scale-x-100" />} title={t('backends:newRun')} onClick={() => setStarting(true)}>
                <span className="max-sm:sr-only">{t('backends:newRun')}</span>
              </Button>
            )}
            <Menu
              label={t('backends:actionsOf', { name: backend.name })}
              items={items}
              trigger={(props) => (
                <IconButton {...props} tone="plain" label={t('backends:actionsOf', { name: backend.name })}>
                  <Ellipsis className="size-4" />
                </IconButton>
              )}
            />
          </>
        }
      />
      <Tabs
        label={backend.name}
        className="flex-1"
        panelClassName="overflow-y-auto"
        value={tab}
        onChange={open}
        tabs={[
          { key: 'overview', label: t('backends:tab.overview') },
          backend.type === 'mcp'
            ? { key: 'tools', label: t('backends:tab.tools'), count: offers.tools }
            : { key: 'workflows', label: t('backends:tab.workflows'), count: offers.workflows },
          { key: 'settings', label: t('backends:tab.settings') },
          { key: 'guide', label: t('backends:tab.guide') },
        ]}
      >
        <div className="mx-auto max-w-4xl px-4 py-5 md:px-6">
          {tab === 'overview' && <Overview backend={backend} report={test.data} error={test.error} busy={test.isPending} onTest={testNow} />}
          {tab === 'workflows' && <Workflows backend={backend} />}
          {tab === 'tools' && <Tools backend={backend} />}
          {tab === 'settings' && <Edit backend={backend} onSaved={testNow} />}
          {tab === 'guide' && <Guide platform={backend.platform} />}
        </div>
      </Tabs>
      <NewRunDialog open={starting} onClose={() => setStarting(false)} backend={backend.id} />
      {removing && <RemoveDialog backend={backend} onClose={() => setRemoving(false)} onRemoved={() => void navigate({ to: '/backends' })} />}
    </>
  );
}
