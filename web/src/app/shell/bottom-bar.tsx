import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SectionCount } from './section-count';
import { sections } from './sections';

/** Navigation within reach of a thumb, on phones. */
export function BottomBar() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('nav.label')} className="flex shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
      {sections.map(({ key, to, icon: Icon }) => (
        <Link
          key={key}
          to={to}
          className="relative flex min-w-0 flex-1 flex-col items-center gap-0.5 py-2 text-2xs text-muted -outline-offset-2"
          activeProps={{ className: '!text-accent font-medium', 'aria-current': 'page' }}
        >
          <span className="flex">
            <Icon aria-hidden className="size-5" />
            <SectionCount section={key} dot />
          </span>
          <span className="max-w-full truncate px-0.5">{t(`nav.short.${key}`)}</span>
        </Link>
      ))}
    </nav>
  );
}
