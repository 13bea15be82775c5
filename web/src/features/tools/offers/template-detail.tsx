import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge, Button, Card, CodeBlock, Field, Problem, SkeletonRows } from '@/ui';
import { Description } from '../detail/description';
import { DetailHeader } from '../detail/detail-header';
import type { Template } from '../queries';
import { CompletingInput } from './completing-input';
import { Contents } from './contents';
import { useRead } from './resource-detail';
import { expand, variablesOf } from './template';

/** A family of resources: fill in the variables, see the address, read it. */
export function TemplateDetail({ template }: { template: Template }) {
  const { t } = useTranslation(['tools', 'common']);
  const [values, setValues] = useState<Record<string, string>>({});
  const read = useRead(template.backend_id);
  const uri = expand(template.uri_template, values);
  return (
    <>
      <DetailHeader
        title={template.title ?? template.name}
        name={template.uri_template}
        backend={template.backend}
        backendId={template.backend_id}
        beside={<Badge>{t('template')}</Badge>}
      />
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4 md:p-6">
        {template.description && <Description text={template.description} />}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            read.mutate(uri);
          }}
        >
          <Card>
            <div className="flex max-w-2xl flex-col gap-4 p-4">
              {variablesOf(template.uri_template).map(({ name, optional }) => (
                <Field key={name} label={<bdi>{name}</bdi>} optional={optional && t('common:optional')}>
                  {(control) => (
                    <CompletingInput
                      {...control}
                      required={!optional}
                      value={values[name] ?? ''}
                      onChange={(value) => setValues({ ...values, [name]: value })}
                      backend={template.backend_id}
                      what={{ uri_template: template.uri_template }}
                      argument={name}
                      context={values}
                    />
                  )}
                </Field>
              ))}
              <CodeBlock code={uri} wrap label={t('address')} />
            </div>
            <footer className="border-t px-4 py-2.5">
              <Button type="submit" tone="primary" icon={<BookOpen className="size-3.5" />} busy={read.isPending}>
                {t('read')}
              </Button>
            </footer>
          </Card>
        </form>
        {read.isError && <Problem error={read.error} />}
        {read.isPending && <SkeletonRows rows={2} className="p-0" />}
        {read.data && <Contents contents={read.data.contents} />}
      </div>
    </>
  );
}
