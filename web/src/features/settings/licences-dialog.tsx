import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, body } from '@/api/client';
import { HubProblem } from '@/api/problem';
import { hubPath } from '@/lib/base';
import { Badge, Dialog, Disclosure, Problem, SearchInput, SkeletonRows } from '@/ui';

/** One package, as the page's build and the hub write it down. */
interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
  where: 'inPage' | 'inHub';
}

// The page's own are written by its build from the packages that are really in it.
async function inPage(signal: AbortSignal): Promise<Licence[]> {
  const answer = await fetch(hubPath('/licences.json'), { signal });
  if (!answer.ok) throw new HubProblem('bad_answer', answer.status, `licences.json: HTTP ${answer.status}`);
  return ((await answer.json()) as Omit<Licence, 'where'>[]).map((one) => ({ ...one, where: 'inPage' }));
}

async function inHub(signal: AbortSignal): Promise<Licence[]> {
  const { packages, texts } = await body(api.GET('/api/v1/licences', { signal }));
  return packages.map((one) => ({ ...one, text: one.texts.map((place) => texts[place]).join('\n\n'), where: 'inHub' }));
}

const licencesQuery = queryOptions({
  queryKey: ['licences'],
  staleTime: Infinity,
  queryFn: async ({ signal }) => (await Promise.all([inPage(signal), inHub(signal)])).flat().sort((a, b) => a.name.localeCompare(b.name, 'en')),
});

export function LicencesDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('settings');
  return (
    <Dialog open={open} onClose={onClose} title={t('thirdParties')} description={t('thirdPartiesText')} size="lg">
      {open && <Licences />}
    </Dialog>
  );
}

function Licences() {
  const { t } = useTranslation('settings');
  const query = useQuery(licencesQuery);
  const [text, setText] = useState('');
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows rows={5} className="p-0" />;
  const shown = query.data.filter((one) => `${one.name} ${one.licence}`.toLowerCase().includes(text.toLowerCase()));
  return (
    <div className="flex flex-col gap-3">
      <SearchInput label={t('findPackage')} value={text} onChange={(event) => setText(event.target.value)} />
      <ul className="flex flex-col gap-1.5">
        {shown.map((one) => (
          <li key={`${one.where} ${one.name} ${one.version}`}>
            <Disclosure
              summary={
                <bdi dir="ltr" className="font-mono text-xs">
                  {one.name}
                </bdi>
              }
              note={
                <>
                  {one.version} <Badge className="ms-1">{one.licence}</Badge> <Badge className="ms-1">{t(one.where)}</Badge>
                </>
              }
            >
              <pre dir="ltr" tabIndex={0} className="max-h-80 overflow-auto scroll-thin text-start font-mono text-2xs whitespace-pre-wrap">
                {one.text || t('noText')}
              </pre>
            </Disclosure>
          </li>
        ))}
      </ul>
    </div>
  );
}
