import { useId, type ReactNode } from 'react';

/** One part of the settings: what it is, and a button at most. */
export function Section({ title, text, action, children }: { title: string; text?: ReactNode; action?: ReactNode; children?: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <header className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="max-w-xl min-w-0">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {text && <p className="text-sm text-muted">{text}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

/** A setting in a row: its name, and the control at the end. */
export function Row({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2">
      <span className="text-sm">{name}</span>
      {children}
    </div>
  );
}
