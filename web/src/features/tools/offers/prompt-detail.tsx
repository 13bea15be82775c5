import { useMutation } from '@tanstack/react-query';
import { MessageSquareText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import type { Schemas } from '@/api/types';
import { Markdown } from '@/features/markdown';
import { Badge, Button, Card, CopyButton, Field, JsonView, Problem, SkeletonRows } from '@/ui';
import { Description } from '../detail/description';
import { DetailHeader } from '../detail/detail-header';
import type { Prompt } from '../queries';
import { CompletingInput } from './completing-input';

/** A prompt: fill in its arguments, see its messages. */
export function PromptDetail({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation('tools');
  const [values, setValues] = useState<Record<string, string>>({});
  const fill = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
      return body(api.POST('/api/v1/backends/{id}/prompts/get', { params: { path: { id: prompt.backend_id } }, body: { name: prompt.name, arguments: given } }));
    },
  });
  return (
    <>
      <DetailHeader title={prompt.title ?? prompt.name} name={prompt.name} backend={prompt.backend} backendId={prompt.backend_id} />
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4 md:p-6">
        {prompt.description && <Description text={prompt.description} />}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            fill.mutate();
          }}
        >
          <Card>
            <div className="flex max-w-2xl flex-col gap-4 p-4">
              {prompt.arguments?.map((argument) => (
                <PromptField key={argument.name} prompt={prompt} argument={argument} values={values} onChange={setValues} />
              ))}
              {(prompt.arguments ?? []).length === 0 && <p className="text-sm text-muted">{t('noArguments')}</p>}
            </div>
            <footer className="border-t px-4 py-2.5">
              <Button type="submit" tone="primary" icon={<MessageSquareText className="size-3.5" />} busy={fill.isPending}>
                {t('fillIn')}
              </Button>
            </footer>
          </Card>
        </form>
        {fill.isError && <Problem error={fill.error} />}
        {fill.isPending && <SkeletonRows rows={2} className="p-0" />}
        {fill.data && <Messages result={fill.data} />}
      </div>
    </>
  );
}

interface PromptFieldProps {
  prompt: Prompt;
  argument: Schemas['PromptArgument'];
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

function PromptField({ prompt, argument, values, onChange }: PromptFieldProps) {
  const { t } = useTranslation();
  const { name, title, description, required = false } = argument;
  return (
    <Field label={<bdi>{title ?? name}</bdi>} hint={description && <span dir="auto">{description}</span>} optional={!required && t('optional')}>
      {(control) => (
        <CompletingInput
          {...control}
          required={required}
          value={values[name] ?? ''}
          onChange={(value) => onChange({ ...values, [name]: value })}
          backend={prompt.backend_id}
          what={{ prompt: prompt.name }}
          argument={name}
          context={values}
        />
      )}
    </Field>
  );
}

function Messages({ result }: { result: Schemas['PromptResult'] }) {
  const { t } = useTranslation('tools');
  return (
    <Card className="min-w-0 overflow-hidden">
      <ol className="divide-y">
        {result.messages.map((message, at) => (
          <li key={at} className="flex min-w-0 flex-col gap-2 p-4">
            <span className="flex items-center gap-2">
              <Badge tone={message.role === 'assistant' ? 'accent' : 'neutral'}>{message.role}</Badge>
              {textOf(message.content) !== undefined && <CopyButton text={textOf(message.content) ?? ''} className="ms-auto -my-1" />}
            </span>
            <Said content={message.content} />
          </li>
        ))}
        {result.messages.length === 0 && <li className="p-4 text-sm text-muted">{t('noMessages')}</li>}
      </ol>
    </Card>
  );
}

const at = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined);

const textOf = (content: unknown): string | undefined => {
  const text = at(content, 'text');
  return typeof text === 'string' ? text : undefined;
};

function Said({ content }: { content: unknown }) {
  const text = textOf(content);
  const [type, data] = [at(content, 'mimeType'), at(content, 'data')];
  if (text !== undefined) return <Markdown text={text} className="text-sm" />;
  if (at(content, 'type') === 'image' && typeof type === 'string' && typeof data === 'string') return <img src={`data:${type};base64,${data}`} alt="" className="max-h-96 max-w-full self-start rounded border" />;
  return <JsonView value={content} open={2} />;
}
