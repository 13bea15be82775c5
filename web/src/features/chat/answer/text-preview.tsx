import { useQuery } from '@tanstack/react-query';
import { problemOf } from '@/api/problem';
import { CodeView, Markdown } from '@/features/markdown';
import { Problem, SkeletonRows } from '@/ui';

const LANGUAGES: Record<string, string> = {
  'application/json': 'json',
  'application/xml': 'xml',
  'application/yaml': 'yaml',
  'text/html': 'html',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/x-python': 'python',
};

/** The text of a file that the hub keeps. It is shown as text, whatever it is. */
export function TextPreview({ path, mediaType }: { path: string; mediaType: string }) {
  const text = useQuery({
    queryKey: ['blob', path],
    // A blob never changes.
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const answer = await fetch(path, { signal, credentials: 'same-origin' });
      if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined));
      return answer.text();
    },
  });
  if (text.error) return <Problem error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <SkeletonRows rows={4} />;
  return mediaType === 'text/markdown' ? <Markdown text={text.data} /> : <CodeView code={text.data} language={LANGUAGES[mediaType]} />;
}
