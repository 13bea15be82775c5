import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton, Input } from '@/ui';
import type { Pair } from './run-input';

interface PairFieldsProps {
  id: string;
  label: string;
  hint?: string;
  pairs: readonly Pair[];
  onChange: (pairs: readonly Pair[]) => void;
  disabled?: boolean;
}

/** Names with values: query parameters, headers. */
export function PairFields({ id, label, hint, pairs, onChange, disabled }: PairFieldsProps) {
  const { t } = useTranslation('workflows');
  const change = (at: number, pair: Partial<Pair>) => onChange(pairs.map((one, n) => (n === at ? { ...one, ...pair } : one)));
  return (
    <fieldset aria-describedby={hint && `${id}-hint`} className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      {pairs.map((pair, at) => (
        <div key={at} className="flex gap-2">
          <Input aria-label={t('pairName')} placeholder={t('pairName')} dir="ltr" disabled={disabled} value={pair.name} onChange={(event) => change(at, { name: event.target.value })} className="w-2/5 font-mono" />
          <Input aria-label={t('pairValue')} placeholder={t('pairValue')} dir="ltr" disabled={disabled} value={pair.value} onChange={(event) => change(at, { value: event.target.value })} className="font-mono" />
          <IconButton label={t('removePair')} disabled={disabled} onClick={() => onChange(pairs.filter((_, n) => n !== at))}>
            <X className="size-4" />
          </IconButton>
        </div>
      ))}
      <Button size="sm" icon={<Plus className="size-3.5" />} disabled={disabled} onClick={() => onChange([...pairs, { name: '', value: '' }])} className="self-start">
        {t('addPair')}
      </Button>
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </fieldset>
  );
}
