import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { SchemaForm } from '@/features/schema-form';
import type { PlatformInfo } from '@/api/types';
import { Disclosure } from '@/ui';
import { tidyOptions, type Draft } from './draft';

export interface OptionsProps {
  platform: PlatformInfo;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  fault: { field: string; text: string } | undefined;
}

const NONE: readonly { place: string; message: string }[] = [];

/** Options of the platform, drawn from its schema. Most people need none, so they wait behind a fold. */
export function Options({ platform, draft, onChange, fault }: OptionsProps) {
  const { t } = useTranslation('backends');
  const set = Object.keys(tidyOptions(draft.options, platform.options_schema)).length;
  const mine = fault?.field.startsWith('options') ? fault : undefined;
  const [place, message] = [mine?.field.slice('options'.length), mine?.text];
  const faults = useMemo(() => (place === undefined || message === undefined ? NONE : [{ place, message }]), [place, message]);
  return (
    <Disclosure summary={t('options')} note={set > 0 && t('optionsSet', { count: set })} open={mine !== undefined}>
      <SchemaForm
        schema={platform.options_schema}
        value={draft.options}
        onChange={(options) => onChange({ options: options as Draft['options'] })}
        faults={faults}
        label={t('options')}
      />
    </Disclosure>
  );
}
