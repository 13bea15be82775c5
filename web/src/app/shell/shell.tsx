import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { signedIn } from '@/api/query-client';
import { useConnection } from '@/api/events';
import { useStore } from '@/lib/store';
import { Palette } from '../palette/palette';
import { Shortcuts } from '../palette/shortcuts';
import { useFrameCommands } from '../palette/frame-commands';
import { SignIn } from '../sign-in';
import { Arrival } from './arrival';
import { BottomBar } from './bottom-bar';
import { ConnectionNotice } from './connection-notice';
import { Sidebar } from './sidebar';
import { Toasts } from './toasts';

/** The frame around every page. */
export function Shell() {
  const { t } = useTranslation();
  const known = useStore(signedIn);
  const connection = useConnection();
  useFrameCommands();
  if (!known || connection === 'unauthenticated') return <SignIn />;
  return (
    <div className="flex h-full flex-col">
      <a href="#main" className="sr-only z-50 rounded-md bg-accent-solid px-3 py-2 text-sm text-on-accent focus:not-sr-only focus:fixed focus:start-2 focus:top-2">
        {t('skip')}
      </a>
      <ConnectionNotice />
      <div className="flex min-h-0 flex-1">
        <Sidebar />
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <Arrival />
      <Palette />
      <Shortcuts />
      <Toasts />
    </div>
  );
}
