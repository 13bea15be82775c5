import { CircleAlert } from 'lucide-react';
import { Component, lazy, Suspense, useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Segmented } from '@/ui';
import type { Fault } from '@/api/problem';
import { stillThere } from './faults';
import { initialOf } from './initial';
import { JsonEditor } from './json-editor';
import { FormSkeleton } from './lazy-form';
import { prepare } from './prepare';
import { pointerSteps } from './resolve';
import { sameJson } from './schema';

const DrawnForm = lazy(() => import('./drawn-form'));

export interface SchemaFormProps {
  /** JSON Schema, as a peer or the hub wrote it. */
  schema: unknown;
  /** `undefined` at first: then `onChange` is told once what the schema starts with. */
  value: unknown;
  onChange: (value: unknown) => void;
  /** What the hub found wrong. Each goes from its field as soon as that changes. */
  faults?: readonly Fault[];
  /** Whether JSON can be written instead: behind a switch, beside the fields where there is room, or not at all. */
  raw?: 'switch' | 'beside' | 'none';
  /** What the value is called, for those who hear the page: “Arguments”. */
  label: string;
  disabled?: boolean;
  className?: string;
}

/**
 * Fields drawn from a JSON Schema, with the same value as JSON. Belongs inside the caller's own `<form>`: required
 * fields and unreadable JSON keep that from being sent. The hub checks the rest and tells `faults`.
 */
export default function SchemaForm({ schema, value, onChange, faults = NONE, raw = 'switch', label, disabled, className }: SchemaFormProps) {
  const { t } = useTranslation('schema-form');
  const id = useId();
  const prepared = useMemo(() => prepare(schema), [schema]);
  const [view, setView] = useState<'fields' | 'json'>('fields');
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (value !== undefined) return;
    const initial = initialOf(prepared.schema);
    if (initial !== undefined) latest.current(initial);
  }, [prepared, value]);
  const [found, setFound] = useState({ faults, value });
  // Callers may make the list anew with every render.
  if (!sameJson(found.faults, faults)) setFound({ faults, value });
  const open = useMemo(() => stillThere(found.faults, found.value, value), [found, value]);

  const isRaw = prepared.isRaw && raw !== 'none';
  const editor = <JsonEditor label={label} value={value} onChange={onChange} disabled={disabled} lines={raw === 'beside' ? 30 : 16} />;
  const drawn = (
    <Fallback instead={editor}>
      <Suspense fallback={<FormSkeleton />}>
        <DrawnForm prepared={prepared} value={value} onChange={(next) => !sameJson(next, value) && onChange(next)} faults={open} idPrefix={id} disabled={disabled} />
      </Suspense>
    </Fallback>
  );
  const toggle = raw !== 'none' && !isRaw && (
    <Segmented
      label={t('view')}
      options={[
        { key: 'fields', label: t('fields') },
        { key: 'json', label: 'JSON' },
      ]}
      value={view}
      onChange={setView}
    />
  );
  return (
    <div role="group" aria-label={label} className={cn('@container flex min-w-0 flex-col gap-4', className)}>
      {open.length > 0 && <Summary faults={open} idPrefix={id} />}
      {isRaw ? (
        editor
      ) : raw === 'beside' ? (
        <>
          <div className="self-end @2xl:hidden">{toggle}</div>
          <div className="grid min-w-0 gap-6 @2xl:grid-cols-[minmax(0,1fr)_minmax(14rem,20rem)] @4xl:grid-cols-[minmax(0,1fr)_24rem]">
            <div className={cn('min-w-0', view === 'json' && '@max-2xl:hidden')}>{drawn}</div>
            <div className={cn('flex min-w-0 flex-col gap-1.5 @2xl:sticky @2xl:top-0 @2xl:self-start', view === 'fields' && '@max-2xl:hidden')}>
              <span className="text-sm font-medium @max-2xl:sr-only">JSON</span>
              {editor}
            </div>
          </div>
        </>
      ) : (
        <>
          {toggle && <div className="self-end">{toggle}</div>}
          {view === 'json' ? editor : drawn}
        </>
      )}
    </div>
  );
}

const NONE: readonly Fault[] = [];

/** All faults in one place; each leads to its field. */
function Summary({ faults, idPrefix }: { faults: readonly Fault[]; idPrefix: string }) {
  const { t } = useTranslation('schema-form');
  return (
    <div role="alert" className="rounded-lg border border-bad/30 bg-bad-soft px-4 py-3 text-sm">
      <p className="flex items-center gap-2 font-medium text-bad">
        <CircleAlert aria-hidden className="size-4 shrink-0" />
        {t('faults', { count: faults.length })}
      </p>
      <ul className="mt-1.5 flex flex-col gap-1">
        {faults.map((fault, at) => (
          <li key={at} className="flex min-w-0 flex-wrap gap-x-2">
            {fault.place !== '' && (
              <button type="button" onClick={() => focusPlace(idPrefix, fault.place)} dir="ltr" className="font-mono text-xs text-bad underline underline-offset-2">
                {fault.place}
              </button>
            )}
            <span dir="auto" className="min-w-0 break-words">
              {fault.message}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Goes to the field of a place, or to the nearest one around it. */
function focusPlace(idPrefix: string, place: string): void {
  const steps = pointerSteps(place);
  for (let length = steps.length; length > 0; length -= 1) {
    const id = [idPrefix, ...steps.slice(0, length)].join('/');
    const field = document.getElementById(id) ?? document.getElementById(`${id}-form`);
    if (!field) continue;
    field.scrollIntoView({ block: 'center' });
    field.focus({ preventScroll: true });
    return;
  }
}

/** A schema that breaks the drawing is edited as JSON. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }
  override render(): ReactNode {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}
