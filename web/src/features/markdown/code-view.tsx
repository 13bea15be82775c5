import { memo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '@/ui';
import { lazyModule } from './lazy-module';

const useColours = lazyModule(() => import('./colours'));

/** A growing block is coloured again only after this many more characters: colouring reads it from its beginning. */
const STRIDE = 1500;
/** Above this, colours cost more than they are worth. */
const MOST = 150_000;

/** Code, in colours where the language is known. */
export const CodeView = memo(function CodeView({ code, language, grows = false }: { code: string; language?: string; grows?: boolean }) {
  const { t } = useTranslation('markdown');
  const name = language?.split(/[\s{,:]/)[0] ?? '';
  return (
    <figure dir="ltr" className="min-w-0 overflow-hidden rounded-lg border bg-sunken text-start">
      <figcaption className="flex h-8 items-center justify-between border-b ps-3 pe-1 text-xs text-muted">
        <span className="truncate font-mono">{name || t('code')}</span>
        <CopyButton text={code} />
      </figcaption>
      {/* Scrolls, so it must be reachable by keys. */}
      <pre tabIndex={0} aria-label={name || t('code')} className="code-colours overflow-x-auto scroll-thin px-3 py-2.5 font-mono text-xs [overflow-wrap:normal]">
        <code>
          <Coloured code={code} language={name} grows={grows} />
        </code>
      </pre>
    </figure>
  );
});

function Coloured({ code, language, grows }: { code: string; language: string; grows: boolean }): ReactNode {
  const colours = useColours();
  const [head, setHead] = useState('');
  if (!colours?.knows(language) || code.length > MOST) return code;
  if (!grows) return colours.coloured(code, language);
  const fits = code.startsWith(head) && code.length - head.length < (head.length < STRIDE ? 200 : STRIDE);
  const done = fits ? head : code.slice(0, code.lastIndexOf('\n') + 1);
  if (done !== head) setHead(done);
  return (
    <>
      {colours.coloured(done, language)}
      {code.slice(done.length)}
    </>
  );
}
