import '@/styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/app';
import { hub } from '@/api/events';
import { followNews } from '@/api/news';
import { queryClient, signedIn } from '@/api/query-client';
import { startI18n } from '@/i18n';
import { followKeys } from '@/lib/keys';
import { followTheme } from '@/lib/theme';

const root = document.getElementById('root');

async function begin(root: HTMLElement): Promise<void> {
  // News are not kept, so the connection comes first and the lists after it.
  hub.start();
  followNews(queryClient);
  // Somebody signed in, perhaps in another tab.
  hub.state.subscribe(() => hub.state.get() === 'live' && signedIn.set(true));
  followTheme();
  followKeys();
  await startI18n();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

if (root) void begin(root);
