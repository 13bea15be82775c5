import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStore } from '@/lib/store';
import { dismissToast, toasts, type Toast } from '@/lib/toasts';
import { IconButton } from '@/ui';

const ICONS = {
  ok: <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />,
  bad: <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />,
  info: <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />,
};

/** What is said in passing, at the lower end of the page. */
export function Toasts() {
  const all = useStore(toasts);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 bottom-18 z-40 flex flex-col items-end gap-2 md:bottom-4">
      {all.map((toast) => (
        <Line key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Line({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const { action } = toast;
  const act = () => {
    dismissToast(toast.id);
    action?.run();
  };
  return (
    <div className="pointer-events-auto flex w-full max-w-sm items-start gap-2.5 rounded-lg border bg-raised py-2.5 ps-3 pe-2 text-sm shadow-pop">
      {ICONS[toast.tone]}
      <div className="min-w-0 flex-1">
        <p className="break-words">{toast.text}</p>
        {toast.detail && <p className="mt-0.5 text-xs break-words text-muted">{toast.detail}</p>}
        {action && (
          <button type="button" onClick={act} className="mt-1 min-h-6 text-xs font-medium text-accent underline underline-offset-2">
            {action.label}
          </button>
        )}
      </div>
      <IconButton label={t('dismiss')} size="sm" onClick={() => dismissToast(toast.id)}>
        <X className="size-3.5" />
      </IconButton>
    </div>
  );
}
