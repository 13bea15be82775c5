import type { Token, Tokens } from 'marked';
import { ExternalLink, Image as ImageIcon } from 'lucide-react';
import { createElement, type ReactNode } from 'react';
import { decoded } from './entities';
import { addressOf, imageOf } from './address';
import { MathView } from './math-view';
import type { MathToken } from './math-rules';

/** What stands in a line. */
export function Inline({ tokens }: { tokens: readonly Token[] | undefined }): ReactNode {
  return tokens?.map((token, at) => <One key={at} token={token} />);
}

const MARKS: Record<string, string> = { strong: 'strong', em: 'em', del: 'del' };

function One({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return createElement(MARKS[token.type] ?? 'span', { className: token.type === 'strong' ? 'font-semibold' : undefined }, <Inline tokens={token.tokens} />);
    case 'codespan':
      return (
        <code dir="ltr" className="rounded border bg-sunken px-1 py-px font-mono text-[0.86em]">
          {(token as Tokens.Codespan).text}
        </code>
      );
    case 'link':
      return <Anchor token={token as Tokens.Link} />;
    case 'image':
      return <Picture token={token as Tokens.Image} />;
    case 'br':
      return <br />;
    case 'math': {
      const { text, display, open } = token as MathToken;
      return <MathView tex={text} display={display} open={open} />;
    }
    case 'html': {
      const { text } = token as Tokens.Tag;
      if (/^<br\s*\/?>$/i.test(text)) return <br />;
      return text.startsWith('<!--') ? null : text;
    }
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : decoded((token as Tokens.Text).text);
    case 'escape':
      return decoded((token as Tokens.Escape).text);
    default:
      return token.raw;
  }
}

function Anchor({ token }: { token: Tokens.Link }) {
  const address = addressOf(token.href);
  const inner = <Inline tokens={token.tokens} />;
  // An address that leads nowhere from here, or would do something else than lead somewhere.
  if (address === undefined) return inner;
  return (
    <a href={address} title={token.title ?? undefined} target="_blank" rel="noreferrer nofollow" className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent">
      {inner}
    </a>
  );
}

/** Pictures of other servers are not loaded: they would tell them who reads. A link leads there. */
function Picture({ token }: { token: Tokens.Image }) {
  const source = imageOf(token.href);
  if (source !== undefined) return <img src={source} alt={token.text} title={token.title ?? undefined} loading="lazy" className="inline-block max-h-96 max-w-full rounded-md border" />;
  const address = addressOf(token.href);
  const name = token.text || token.href;
  const look = 'inline-flex max-w-full items-center gap-1.5 rounded-md border bg-surface px-2 py-0.5 text-sm';
  const inner = (
    <>
      <ImageIcon aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span className="truncate">{name}</span>
    </>
  );
  if (address === undefined) return <span className={look}>{inner}</span>;
  return (
    <a href={address} target="_blank" rel="noreferrer nofollow" className={`${look} hover:bg-hover`}>
      {inner}
      <ExternalLink aria-hidden className="size-3 shrink-0 text-faint" />
    </a>
  );
}
