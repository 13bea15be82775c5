import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play, RotateCcw } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import { faultsBelow, faultsOf, SchemaForm } from '@/features/schema-form';
import { Button, Card, Kbd, Problem } from '@/ui';
import { Description } from '../detail/description';
import { isDestructive } from '../detail/hints';
import type { ToolView } from '../queries';
import { CallResult } from './call-result';
import { useDraft } from './drafts';
import { SavedMenu } from './saved-menu';

/** A form for the arguments, and below it or beside it what came of the call. */
export function TryOut({ tool, run }: { tool: ToolView; run: string | undefined }) {
  const { t } = useTranslation(['tools', 'schema-form']);
  const navigate = useNavigate({ from: '/tools/$id' });
  const form = useRef<HTMLFormElement>(null);
  const outcome = useRef<HTMLElement>(null);
  const [value, setValue] = useDraft(tool.id, run);
  const canCall = tool.status === 'available' || tool.status === 'changed';
  const call = useMutation({
    mutationFn: () => body(api.POST('/api/v1/tools/{id}/call', { params: { path: { id: tool.id } }, body: { arguments: value ?? {} } as never })),
    onSuccess: ({ id }) => void navigate({ search: (before) => ({ ...before, run: id }), replace: true }),
  });
  const problem = call.error ? asProblem(call.error) : undefined;
  const faults = problem ? faultsBelow(faultsOf(problem), '/arguments') : undefined;
  useEffect(() => {
    if (run) outcome.current?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }, [run]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <div className="@container flex min-w-0 flex-col gap-4">
      {tool.description && <Description text={tool.description} />}
      <div className="grid min-w-0 gap-4 @6xl:grid-cols-2 @6xl:items-start">
        <form
          ref={form}
          onKeyDown={onKeyDown}
          onSubmit={(event) => {
            event.preventDefault();
            if (canCall && !call.isPending) call.mutate();
          }}
          className="min-w-0"
        >
          <Card className="min-w-0">
            <div className="p-4">
              <SchemaForm schema={tool.input_schema} value={value} onChange={setValue} faults={faults} raw="beside" label={t('arguments')} disabled={!canCall} />
            </div>
            <footer className="flex flex-wrap items-center gap-2 border-t px-4 py-2.5">
              <Button type="submit" tone={isDestructive(tool.annotations) ? 'danger' : 'primary'} icon={<Play className="size-3.5" />} busy={call.isPending} disabled={!canCall}>
                {t('callIt')}
              </Button>
              <span aria-hidden className="max-sm:hidden">
                <Kbd keys="mod+enter" />
              </span>
              <span className="ms-auto flex gap-1">
                <Button size="sm" tone="ghost" icon={<RotateCcw className="size-3.5" />} disabled={!canCall} onClick={() => setValue(undefined)}>
                  {t('reset')}
                </Button>
                <SavedMenu tool={tool.qualified_name ?? tool.id} value={value} onLoad={setValue} />
              </span>
            </footer>
          </Card>
        </form>
        {problem && !(faults && faults.length > 0) && <Problem error={problem} />}
        {run && !call.isPending && !problem && (
          <section ref={outcome} aria-label={t('result')} className="min-w-0 scroll-my-4">
            <CallResult id={run} backend={tool.backend_id} />
          </section>
        )}
      </div>
    </div>
  );
}
