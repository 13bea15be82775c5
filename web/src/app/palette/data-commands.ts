import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { backendsQuery, toolsQuery, workflowsQuery } from '@/api/queries';
import type { Command } from '@/lib/commands';

/** What the hub has, to go to by its name. Read when the palette is opened. */
export function useDataCommands(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const backends = useQuery(backendsQuery).data ?? [];
  const workflows = useQuery(workflowsQuery()).data ?? [];
  const tools = useQuery(toolsQuery()).data ?? [];
  const nameOf = new Map(backends.map(({ id, name }) => [id, name]));
  const to = {
    backends: backends.map(
      ({ id, name, platform }): Command => ({
        id: `backend.${id}`,
        title: name,
        group: t('nav.backends'),
        keywords: platform,
        run: () => void navigate({ to: '/backends/$id', params: { id } }),
      }),
    ),
    workflows: workflows
      .filter(({ runnable, present }) => runnable && present)
      .map(
        ({ id, name, backend_id, tags = [] }): Command => ({
          id: `workflow.${id}`,
          title: name,
          group: t('palette.workflow', { backend: nameOf.get(backend_id) ?? '' }),
          keywords: tags.join(' '),
          run: () => void navigate({ to: '/chat', search: { workflow: id } }),
        }),
      ),
    tools: tools.map(
      ({ id, name, backend_id }): Command => ({
        id: `tool.${id}`,
        title: name,
        group: t('palette.tool', { backend: nameOf.get(backend_id) ?? '' }),
        run: () => void navigate({ to: '/tools/$id', params: { id } }),
      }),
    ),
  };
  return [...to.backends, ...to.workflows, ...to.tools];
}
