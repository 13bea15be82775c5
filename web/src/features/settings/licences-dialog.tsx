import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HubProblem } from '@/api/problem';
import { hubPath } from '@/lib/base';
import { Badge, Dialog, Disclosure, Problem, SearchInput, SkeletonRows } from '@/ui';

/** One package in the page, as the build wrote it down. */
interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

// Written by the build from the packages that are really in the page.
const licencesQuery = queryOptions({
  queryKey: ['licences'],
  staleTime: Infinity,
  queryFn: async ({ signal }) => {
    const answer = await fetch(hubPath('/licences.json'), { signal });
    if (!answer.ok) throw new HubProblem('bad_answer', answer.status, `licences.json: HTTP ${answer.status}`);
    return (await answer.json()) as Licence[];
  },
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
          <li key={`${one.name} ${one.version}`}>
            <Disclosure
              summary={
                <bdi dir="ltr" className="font-mono text-xs">
                  {one.name}
                </bdi>
              }
              note={
                <>
                  {one.version} <Badge className="ms-1">{one.licence}</Badge>
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
