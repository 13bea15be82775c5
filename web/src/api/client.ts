import createClient, { type Middleware } from 'openapi-fetch';
import { basePath } from '@/lib/base';
import { HubProblem, problemOf } from './problem';
import type { paths } from './schema';

const failures: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    throw problemOf(response.status, await response.clone().json().catch(() => undefined));
  },
  onError({ error, request }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new HubProblem('offline', 0, `${request.method} ${new URL(request.url).pathname}`);
  },
};

/**
 * The public API, typed from its document. Calls give `{ data }` and throw a `HubProblem`:
 * `const { data } = await api.GET('/api/v1/runs/{id}', { params: { path: { id } } })`.
 */
export const api = createClient<paths>({ baseUrl: basePath, credentials: 'same-origin' });
api.use(failures);

/** The data of an answer that has one. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new HubProblem('bad_answer', 200, 'The answer is empty.');
  return data;
}
