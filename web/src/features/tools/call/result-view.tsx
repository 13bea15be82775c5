import { useTranslation } from 'react-i18next';
import { Disclosure, JsonView } from '@/ui';
import type { CallContent } from './content';
import { PieceView } from './piece-view';
import { TextPiece } from './text-piece';

/** A result, piece by piece and as it came. */
export function ResultView({ result, content, backend }: { result: unknown; content: CallContent | undefined; backend: string }) {
  const { t } = useTranslation('tools');
  if (!content) return typeof result === 'string' ? <TextPiece text={result} /> : <JsonView value={result} open={3} />;
  const isEmpty = content.pieces.length === 0 && !content.hasStructured;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {isEmpty && <p className="text-sm text-muted">{t('emptyResult')}</p>}
      {content.pieces.map((piece, at) => (
        <PieceView key={at} piece={piece} backend={backend} isError={content.isError} />
      ))}
      {content.hasStructured && (
        <section className="flex min-w-0 flex-col gap-1.5">
          <h4 className="text-xs font-medium text-muted">{t('structured')}</h4>
          <JsonView value={content.structured} open={3} />
        </section>
      )}
      <Disclosure summary={t('asItCame')}>
        <JsonView value={result} open={2} />
      </Disclosure>
    </div>
  );
}
