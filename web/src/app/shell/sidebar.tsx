import { Link } from '@tanstack/react-router';
import { Command as CommandIcon, PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { recall, remember } from '@/lib/storage';
import { IconButton, Kbd } from '@/ui';
import { openPalette } from '../palette/state';
import { Logo } from './logo';
import { SectionCount } from './section-count';
import { sections } from './sections';

/** Navigation at the side, on wide screens. */
export function Sidebar() {
  const { t } = useTranslation();
  const [narrow, setNarrow] = useState(() => recall('sidebar') === 'narrow');
  const toggle = () => {
    remember('sidebar', narrow ? null : 'narrow');
    setNarrow(!narrow);
  };
  return (
    <nav aria-label={t('nav.label')} className={cn('hidden shrink-0 flex-col border-e bg-canvas md:flex', narrow ? 'w-14' : 'w-52')}>
      <div className={cn('flex h-14 items-center gap-2', narrow ? 'justify-center' : 'px-4')}>
        <Logo />
        {!narrow && <span className="font-semibold">Jackfield</span>}
      </div>
      <div className="px-2 pb-2">
        <button
          type="button"
          onClick={openPalette}
          aria-label={narrow ? t('palette.open') : undefined}
          title={t('palette.open')}
          className={cn('flex h-8 w-full items-center gap-2 rounded-md border bg-surface text-sm text-muted shadow-card hover:bg-hover', narrow ? 'justify-center' : 'px-2')}
        >
          <CommandIcon aria-hidden className="size-3.5 shrink-0" />
          {!narrow && (
            <>
              <span className="flex-1 truncate text-start">{t('palette.short')}</span>
              <Kbd keys="mod+k" />
            </>
          )}
        </button>
      </div>
      <div className="flex flex-1 flex-col gap-0.5 overflow-y-auto px-2">
        {sections.map(({ key, to, icon: Icon }) => (
          <Link
            key={key}
            to={to}
            title={narrow ? t(`nav.${key}`) : undefined}
            aria-label={narrow ? t(`nav.${key}`) : undefined}
            className={cn('group flex h-8 items-center gap-2.5 rounded-md text-sm text-muted transition-colors hover:bg-hover hover:text-ink', narrow ? 'justify-center' : 'px-2.5')}
            activeProps={{ className: 'bg-hover font-medium !text-ink', 'aria-current': 'page' }}
          >
            <Icon aria-hidden className="size-4 shrink-0" />
            {!narrow && <span className="flex-1 truncate">{t(`nav.${key}`)}</span>}
            <SectionCount section={key} dot={narrow} />
          </Link>
        ))}
      </div>
      <div className={cn('flex p-2', narrow ? 'justify-center' : 'justify-end')}>
        <IconButton label={narrow ? t('nav.expand') : t('nav.collapse')} onClick={toggle} aria-expanded={!narrow}>
          {narrow ? <PanelLeftOpen className="size-4 rtl:-scale-x-100" /> : <PanelLeftClose className="size-4 rtl:-scale-x-100" />}
        </IconButton>
      </div>
    </nav>
  );
}
