// Not from the index: that one also imports a helper for tests, and with it a validator that compiles code.
import Form from '@rjsf/core/lib/components/Form.js';
import { TranslatableString, type UiSchema } from '@rjsf/utils';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '@/api/problem';
import { errorTree } from './faults';
import { validator } from './matches';
import type { Prepared } from './prepare';
import { fields, templates, widgets } from './theme';

export interface DrawnFormProps {
  prepared: Prepared;
  value: unknown;
  onChange: (value: unknown) => void;
  faults: readonly Fault[];
  idPrefix: string;
  disabled?: boolean;
}

// Defaults are filled in once, by initial.ts; the library would bring back what a person took out.
const CALM = {
  emptyObjectFields: 'skipEmptyDefaults',
  arrayMinItems: { populate: 'never' },
  constAsDefaults: 'never',
  allOf: 'skipDefaults',
  requiredBooleanDefault: 'skip',
} as const;

/** The fields of a schema. A part of the caller's form, not a form of its own. */
export default function DrawnForm({ prepared, value, onChange, faults, idPrefix, disabled }: DrawnFormProps) {
  const { t } = useTranslation('schema-form');
  const ui = useMemo<UiSchema>(
    () => ({ ...prepared.ui, 'ui:globalOptions': { enableOptionalDataFieldForType: ['object'] }, 'ui:submitButtonOptions': { norender: true } }),
    [prepared],
  );
  const errors = useMemo(() => errorTree(faults), [faults]);
  return (
    <Form
      tagName="div"
      schema={prepared.schema}
      uiSchema={ui}
      formData={value}
      onChange={(event) => onChange(event.formData)}
      extraErrors={errors}
      validator={validator}
      templates={templates}
      widgets={widgets}
      fields={fields}
      idPrefix={idPrefix}
      idSeparator="/"
      disabled={disabled}
      showErrorList={false}
      experimental_defaultFormStateBehavior={CALM}
      translateString={(key, params) => (key === TranslatableString.DeprecatedLabel ? t('deprecated', { name: params?.[0] }) : (params?.join(' ') ?? ''))}
    />
  );
}
