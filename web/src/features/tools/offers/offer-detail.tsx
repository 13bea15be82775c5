import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { SkeletonRows } from '@/ui';
import { promptsQuery, resourcesQuery, templatesQuery } from '../queries';
import { PromptDetail } from './prompt-detail';
import { ResourceDetail } from './resource-detail';
import { TemplateDetail } from './template-detail';

/** The resource or prompt that the address names. One that a tool's result linked to need not be in any list. */
export function OfferDetail({ tab, item }: { tab: 'resources' | 'prompts'; item: string }) {
  const cut = item.indexOf('|');
  const [backend, name] = [item.slice(0, cut), item.slice(cut + 1)];
  return tab === 'prompts' ? <OnePrompt backend={backend} name={name} /> : <OneResource backend={backend} uri={name} />;
}

function OneResource({ backend, uri }: { backend: string; uri: string }) {
  const resources = useQuery(resourcesQuery({ backend }));
  const templates = useQuery(templatesQuery({ backend }));
  const template = templates.data?.find((one) => one.uri_template === uri && one.backend_id === backend);
  if (template) return <TemplateDetail template={template} />;
  if (resources.isPending || templates.isPending) return <SkeletonRows rows={3} />;
  return <ResourceDetail backend={backend} uri={uri} info={resources.data?.find((one) => one.uri === uri && one.backend_id === backend)} />;
}

function OnePrompt({ backend, name }: { backend: string; name: string }) {
  const { t } = useTranslation('tools');
  const prompts = useQuery(promptsQuery({ backend }));
  const prompt = prompts.data?.find((one) => one.name === name && one.backend_id === backend);
  if (prompt) return <PromptDetail prompt={prompt} />;
  return prompts.isPending ? <SkeletonRows rows={3} /> : <p className="p-6 text-sm text-muted">{t('goneOffer')}</p>;
}
