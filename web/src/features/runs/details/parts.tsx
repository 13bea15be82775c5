import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Usage } from '@/api/types';
import { formatCost, formatNumber } from '@/lib/format';
import { CopyButton } from '@/ui';

/** A part of the panel under a heading. */
export function Section({ title, end, children }: { title: ReactNode; end?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex min-h-6 items-center gap-2">
        <h2 className="min-w-0 flex-1 truncate text-xs font-medium text-muted">{title}</h2>
        {end}
      </div>
      {children}
    </section>
  );
}

/** Facts, each with its name. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[minmax(6rem,auto)_1fr] gap-x-4 gap-y-1.5 text-xs">{children}</dl>;
}

export function Fact({ name, children, title }: { name: string; children: ReactNode; title?: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd title={title} className="min-w-0 break-words">
        {children}
      </dd>
    </>
  );
}

/** An id that can be copied. */
export function Id({ value }: { value: string }) {
  return (
    <span className="flex items-center gap-1">
      <code dir="ltr" title={value} className="min-w-0 truncate font-mono text-2xs">
        {value}
      </code>
      <CopyButton text={value} className="-my-1.5" />
    </span>
  );
}

/** Tokens in and out, and what they cost. */
export function UsageFacts({ usage }: { usage: Usage }) {
  const { t, i18n } = useTranslation('runs');
  return (
    <>
      {usage.model && (
        <Fact name={t('details.model')}>
          <span dir="ltr">{usage.model}</span>
        </Fact>
      )}
      <Fact name={t('details.tokens')}>
        {t(usage.estimated ? 'details.inOutEstimated' : 'details.inOut', { input: formatNumber(usage.input_tokens, i18n.language), output: formatNumber(usage.output_tokens, i18n.language) })}
      </Fact>
      {usage.cost_usd != null && <Fact name={t('details.cost')}>{formatCost(usage.cost_usd, i18n.language)}</Fact>}
    </>
  );
}
