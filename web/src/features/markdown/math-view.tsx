import { memo } from 'react';
import { lazyModule } from './lazy-module';

const useFormulas = lazyModule(() => import('./formula'));

/** A formula; its source while it is being written, and where it cannot be read as TeX. */
export const MathView = memo(function MathView({ tex, display, open }: { tex: string; display: boolean; open: boolean }) {
  const formulas = useFormulas();
  const drawn = open ? undefined : formulas?.drawFormula(tex, display);
  const source = <code className="font-mono text-[0.86em] text-muted">{tex}</code>;
  if (!display) return <span dir="ltr">{drawn ?? source}</span>;
  return (
    <span dir="ltr" tabIndex={0} className="block max-w-full overflow-x-auto scroll-thin rounded py-1 text-center">
      {drawn ?? source}
    </span>
  );
});
