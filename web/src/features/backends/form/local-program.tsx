import { useTranslation } from 'react-i18next';
import type { PlatformInfo } from '@/api/types';
import { Field, Input, Segmented, Textarea } from '@/ui';
import type { Draft } from './draft';

/** The address of what runs on the hub's own machine. */
const LOCAL = 'stdio:';

/** Whether servers of a platform may be programs that the hub starts. */
export const mayBeLocal = ({ options_schema }: PlatformInfo): boolean =>
  'command' in ((options_schema as { properties?: object } | null)?.properties ?? {});

export const isLocal = ({ base_url }: Draft): boolean => base_url.startsWith(LOCAL);

export interface PlaceProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

/** At an address, or a program that the hub starts. */
export function PlaceChoice({ draft, onChange }: PlaceProps) {
  const { t } = useTranslation('backends');
  return (
    <Segmented
      label={t('place.label')}
      options={[
        { key: 'remote', label: t('place.remote') },
        { key: 'local', label: t('place.local') },
      ]}
      value={isLocal(draft) ? 'local' : 'remote'}
      onChange={(key) => onChange({ base_url: key === 'local' ? LOCAL : '' })}
    />
  );
}

/** The program and its arguments, one a line: nothing is quoted, and no shell reads it. */
export function LocalProgram({ draft, onChange }: PlaceProps) {
  const { t } = useTranslation('backends');
  const { command, args } = draft.options;
  const set = (options: Record<string, unknown>) => onChange({ options: { ...draft.options, ...options } });
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('place.command')} hint={t('place.commandHint')}>
        {(control) => (
          <Input
            {...control}
            required
            dir="ltr"
            placeholder="uvx"
            value={typeof command === 'string' ? command : ''}
            onChange={(event) => set({ command: event.target.value })}
            className="font-mono"
          />
        )}
      </Field>
      <Field label={t('place.arguments')} hint={t('place.argumentsHint')}>
        {(control) => (
          <Textarea
            {...control}
            dir="ltr"
            rows={2}
            placeholder="mcp-server-time"
            value={Array.isArray(args) ? args.join('\n') : ''}
            onChange={(event) => set({ args: event.target.value === '' ? [] : event.target.value.split('\n') })}
            className="min-h-14 font-mono"
          />
        )}
      </Field>
    </div>
  );
}
