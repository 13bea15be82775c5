import { Check, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hub, useConnection } from '@/api/events';
import { Spinner } from '@/ui';

/** A blink of the connection is no news. */
const PATIENCE_MS = 1200;
const CALM_MS = 2500;

type Shown = 'none' | 'broken' | 'healed';

/** What to say of the connection: nothing while it is well, and nothing of a short break. */
function useShown(): Shown {
  const [shown, setShown] = useState<Shown>('none');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let broken = false;
    const look = () => {
      const now = hub.state.get() !== 'live';
      if (now === broken) return;
      broken = now;
      clearTimeout(timer);
      if (broken) {
        timer = setTimeout(() => setShown('broken'), PATIENCE_MS);
      } else {
        setShown((before) => (before === 'broken' ? 'healed' : 'none'));
        timer = setTimeout(() => setShown('none'), CALM_MS);
      }
    };
    look();
    const leave = hub.state.subscribe(look);
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, []);
  return shown;
}

/** A quiet line while the hub cannot be reached. It goes by itself. */
export function ConnectionNotice() {
  const { t } = useTranslation();
  const state = useConnection();
  const shown = useShown();
  const look = shown === 'healed' ? 'bg-ok-soft text-ok' : 'bg-warn-soft text-warn';
  // The place stays, so that readers are told what comes into it.
  return (
    <div role="status" className={shown === 'none' ? 'sr-only' : `flex min-h-8 items-center justify-center gap-2 px-4 py-1 text-xs ${look}`}>
      {shown === 'healed' && (
        <>
          <Check aria-hidden className="size-3.5" />
          {t('connection.back')}
        </>
      )}
      {shown === 'broken' && (
        <>
          {navigator.onLine ? <Spinner className="size-3" /> : <WifiOff aria-hidden className="size-3.5" />}
          <span>{t(navigator.onLine ? `connection.${state === 'offline' || state === 'connecting' ? state : 'reconnecting'}` : 'connection.browserOffline')}</span>
          <button type="button" onClick={() => hub.wake()} className="min-h-6 font-medium underline underline-offset-2">
            {t('connection.now')}
          </button>
        </>
      )}
    </div>
  );
}
