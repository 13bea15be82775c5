import { queryOptions } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import { hubPath } from '@/lib/base';
import { samplesOf } from './metrics';

/** What the hub counts. It is no JSON, so the typed client does not read it. */
export const figuresQuery = queryOptions({
  queryKey: ['figures'],
  queryFn: async ({ signal }) => {
    const answer = await fetch(hubPath('/metrics'), { credentials: 'same-origin', signal });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined));
    return samplesOf(await answer.text());
  },
});
