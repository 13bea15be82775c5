import { useTranslation } from 'react-i18next';
import { Field, Input, Select } from '@/ui';
import { SecretInput } from '../form/secret-input';
import type { Variable } from './model';

/** A value that a configuration leaves open. */
export function VariableField({ variable, value, onChange }: { variable: Variable; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation(['backends', 'common']);
  const { name, description, secret, choices } = variable;
  const otherwise = variable.default ?? undefined;
  const props = { value, placeholder: otherwise ?? variable.placeholder ?? undefined, dir: 'ltr' as const };
  return (
    <Field label={<bdi className="font-mono text-xs">{name}</bdi>} hint={description} optional={otherwise === undefined ? undefined : t('common:optional')}>
      {(control) =>
        choices && choices.length > 0 ? (
          <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
            <option value="">{otherwise ?? t('backends:import.choose')}</option>
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </Select>
        ) : secret ? (
          <SecretInput {...control} {...props} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <Input {...control} {...props} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}
