import { Plus, Undo2, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlatformInfo } from '@/api/types';
import { Button, Disclosure, Field, IconButton, InlineText, Input } from '@/ui';
import type { Draft } from './draft';
import { SecretInput } from './secret-input';
import { readSecretSchema, type KnownSecret } from './secret-schema';

export interface SecretsProps {
  platform: PlatformInfo;
  draft: Draft;
  /** Names of those that the hub has; their values never leave it. */
  stored: readonly string[];
  onChange: (change: Partial<Draft>) => void;
  /** The field that the hub complained about, with what it said. */
  fault: { field: string; text: string } | undefined;
}

/** Fields for secrets, drawn from the platform's schema: the first one at hand, the others behind a fold. */
export function Secrets({ platform, draft, stored, onChange, fault }: SecretsProps) {
  const { t } = useTranslation('backends');
  const { known, families } = readSecretSchema(platform.secrets_schema);
  const [first, ...others] = known;
  const set = (name: string, value: string) =>
    onChange({ secrets: { ...draft.secrets, [name]: value }, forget: draft.forget.filter((one) => one !== name) });
  const forget = (name: string) => onChange({ forget: [...draft.forget, name], secrets: { ...draft.secrets, [name]: '' } });
  const keep = (name: string) => onChange({ forget: draft.forget.filter((one) => one !== name) });
  const named = new Set(known.map(({ name }) => name));
  const further = [...new Set([...stored, ...Object.keys(draft.secrets)])].filter((name) => !named.has(name));
  const field = (secret: KnownSecret) => (
    <SecretField
      key={secret.name}
      secret={secret}
      value={draft.secrets[secret.name] ?? ''}
      stored={stored.includes(secret.name)}
      forgotten={draft.forget.includes(secret.name)}
      error={fault?.field === `secrets/${secret.name}` ? fault.text : undefined}
      onChange={(value) => set(secret.name, value)}
      onForget={() => forget(secret.name)}
      onKeep={() => keep(secret.name)}
    />
  );
  const open = others.some(({ name }) => stored.includes(name)) || further.length > 0 || fault?.field.startsWith('secrets') === true;
  return (
    <>
      {first && field(first)}
      {(others.length > 0 || families.length > 0) && (
        <Disclosure summary={t('secret.further')} open={open}>
          {others.map(field)}
          {further.map((name) => field({ name, title: name, description: '' }))}
          {families.length > 0 && (
            <NewSecret
              shapes={families}
              onAdd={(name) => set(name, '')}
              isTaken={(name) => named.has(name) || further.includes(name)}
            />
          )}
        </Disclosure>
      )}
    </>
  );
}

interface SecretFieldProps {
  secret: KnownSecret;
  value: string;
  stored: boolean;
  forgotten: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
  onForget: () => void;
  onKeep: () => void;
}

function SecretField({ secret, value, stored, forgotten, error, onChange, onForget, onKeep }: SecretFieldProps) {
  const { t } = useTranslation('backends');
  const kept = stored && !forgotten && value === '';
  const state = forgotten ? t('secret.willForget') : kept ? t('secret.stored') : undefined;
  return (
    <div className="flex items-end gap-2">
      <Field
        label={<bdi>{secret.title}</bdi>}
        optional={state}
        hint={secret.description && <InlineText text={secret.description} />}
        error={error}
        className="flex-1"
      >
        {(control) => (
          <SecretInput {...control} value={value} placeholder={kept ? '••••••••••••' : undefined} onChange={(event) => onChange(event.target.value)} />
        )}
      </Field>
      {kept && (
        <IconButton label={t('secret.forget', { name: secret.title })} onClick={onForget} className={secret.description ? 'mb-6' : ''}>
          <X className="size-4" />
        </IconButton>
      )}
      {forgotten && (
        <IconButton label={t('secret.keep', { name: secret.title })} onClick={onKeep} className={secret.description ? 'mb-6' : ''}>
          <Undo2 className="size-4" />
        </IconButton>
      )}
    </div>
  );
}

interface NewSecretProps {
  shapes: { pattern: RegExp; shape: string; title: string; description: string }[];
  onAdd: (name: string) => void;
  isTaken: (name: string) => boolean;
}

/** Adds a secret whose name the platform leaves open. */
function NewSecret({ shapes, onAdd, isTaken }: NewSecretProps) {
  const { t } = useTranslation('backends');
  const [name, setName] = useState('');
  const id = useId();
  const fits = shapes.some(({ pattern }) => pattern.test(name)) && !isTaken(name);
  const add = () => {
    onAdd(name);
    setName('');
  };
  return (
    <div className="border-t pt-3">
      <Field label={t('secret.new')} error={name !== '' && !fits ? t('secret.badName') : undefined}>
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              aria-describedby={id}
              dir="ltr"
              value={name}
              placeholder={shapes[0]?.shape}
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                if (fits) add();
              }}
              className="font-mono"
            />
            <Button icon={<Plus className="size-4" />} disabled={!fits} onClick={add}>
              {t('secret.add')}
            </Button>
          </div>
        )}
      </Field>
      <ul id={id} className="mt-2 flex flex-col gap-1 text-xs text-muted">
        {shapes.map(({ shape, title, description }) => (
          <li key={shape}>
            <code dir="ltr" className="rounded bg-hover px-1 font-mono break-all">
              {shape}
            </code>{' '}
            <span className="font-medium">{title}.</span> <InlineText text={description} />
          </li>
        ))}
      </ul>
    </div>
  );
}
