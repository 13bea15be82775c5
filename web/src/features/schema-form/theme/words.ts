import type { RJSFSchema } from '@rjsf/utils';
import { useTranslation } from 'react-i18next';
import { listAt, numberAt, textAt, type JsonSchema } from '../schema';

/** What a schema asks of a value, in words, as far as the browser does not say it itself. */
export function useDemands(): (schema: RJSFSchema) => string | undefined {
  const { t } = useTranslation('schema-form');
  return (raw) => {
    const schema: JsonSchema = raw;
    const [low, high] = [numberAt(schema, 'minimum') ?? numberAt(schema, 'exclusiveMinimum'), numberAt(schema, 'maximum') ?? numberAt(schema, 'exclusiveMaximum')];
    const [short, long] = [numberAt(schema, 'minLength'), numberAt(schema, 'maxLength')];
    const [few, many] = [numberAt(schema, 'minItems'), numberAt(schema, 'maxItems')];
    const pattern = textAt(schema, 'pattern');
    const parts = [
      range(low, high, t('range', { low, high }), t('atLeast', { low }), t('atMost', { high })),
      range(short && short > 1 ? short : undefined, long, t('lengthRange', { low: short, high: long }), t('lengthLeast', { low: short }), t('lengthMost', { high: long })),
      range(few, many, t('itemsRange', { low: few, high: many }), t('itemsLeast', { low: few }), t('itemsMost', { high: many })),
      pattern && t('pattern', { pattern }),
    ].filter(Boolean);
    const examples = listAt(schema, 'examples')?.filter((one) => typeof one !== 'object').slice(0, 3).map(String);
    if (examples && examples.length > 0) parts.push(t('examples', { examples: examples.join(', ') }));
    return parts.length > 0 ? parts.join(' · ') : undefined;
  };
}

function range(low: number | undefined, high: number | undefined, both: string, least: string, most: string): string | undefined {
  if (low !== undefined && high !== undefined) return both;
  if (low !== undefined) return least;
  return high === undefined ? undefined : most;
}
