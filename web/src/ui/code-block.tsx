import { cn } from '@/lib/cn';
import { CopyButton } from './copy-button';

/** Text in the letters of a machine, with a button to copy it. */
export function CodeBlock({ code, wrap = false, label, className }: { code: string; wrap?: boolean; label?: string; className?: string }) {
  return (
    <div className={cn('group relative min-w-0 rounded-md border bg-sunken', className)}>
      <pre
        dir="ltr"
        // Scrolls, so it must be reachable by keys.
        tabIndex={0}
        aria-label={label}
        className={cn('max-h-96 overflow-auto scroll-thin p-3 pr-10 text-start font-mono text-xs', wrap && 'break-words whitespace-pre-wrap')}
      >
        {code}
      </pre>
      <CopyButton text={code} className="absolute top-1 right-1 bg-sunken" />
    </div>
  );
}
