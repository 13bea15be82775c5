import type { Token, Tokens } from 'marked';
import { memo, type JSX } from 'react';
import { cn } from '@/lib/cn';
import { CodeView } from './code-view';
import { Inline } from './inline';
import { MathView } from './math-view';
import type { MathToken } from './math-rules';
import { TableView } from './table-view';

/** A token at the level of blocks. Tokens that did not change keep their identity, so this draws what changed. */
export const BlockView = memo(function BlockView({ token, open = false }: { token: Token; open?: boolean }): JSX.Element | null {
  switch (token.type) {
    case 'paragraph':
      return (
        <p dir="auto">
          <Inline tokens={(token as Tokens.Paragraph).tokens} />
        </p>
      );
    case 'heading':
      return <Heading token={token as Tokens.Heading} />;
    case 'list':
      return <List token={token as Tokens.List} />;
    case 'code': {
      const { text, lang } = token as Tokens.Code;
      return <CodeView code={text} language={lang} grows={open} />;
    }
    case 'table':
      return <TableView token={token as Tokens.Table} />;
    case 'blockquote':
      return (
        <blockquote dir="auto" className="flex flex-col gap-2 border-s-2 border-line-strong/50 ps-3 text-muted">
          <Inner tokens={(token as Tokens.Blockquote).tokens} />
        </blockquote>
      );
    case 'math': {
      const { text, open: unfinished } = token as MathToken;
      return <MathView tex={text} display open={unfinished} />;
    }
    case 'hr':
      return <hr className="my-1" />;
    case 'html': {
      const { text } = token as Tokens.HTML;
      return /^\s*<!--[\s\S]*-->\s*$/.test(text) ? null : <p className="whitespace-pre-wrap">{text.trimEnd()}</p>;
    }
    case 'text': {
      const { tokens } = token as Tokens.Text;
      return <span dir="auto">{tokens ? <Inline tokens={tokens} /> : (token as Tokens.Text).text}</span>;
    }
    default:
      return null;
  }
});

function Inner({ tokens }: { tokens: readonly Token[] }) {
  return tokens.map((token, at) => <BlockView key={at} token={token} />);
}

const SIZES = ['text-xl', 'text-lg', 'text-base', 'text-base', 'text-sm', 'text-sm'];

/** The page has its own headings above: a message's begin two levels lower. */
function Heading({ token }: { token: Tokens.Heading }) {
  const Tag = `h${Math.min(6, token.depth + 2)}` as 'h3';
  return (
    <Tag dir="auto" className={cn('mt-1 font-semibold', SIZES[token.depth - 1])}>
      <Inline tokens={token.tokens} />
    </Tag>
  );
}

function List({ token }: { token: Tokens.List }) {
  const Tag = token.ordered ? 'ol' : 'ul';
  return (
    <Tag
      dir="auto"
      start={token.ordered && token.start !== '' ? token.start : undefined}
      className={cn('flex flex-col ps-6', token.loose ? 'gap-2' : 'gap-1', token.ordered ? 'list-decimal' : 'list-disc')}
    >
      {token.items.map((item, at) => (
        <Item key={at} item={item} />
      ))}
    </Tag>
  );
}

/** The last list of a growing text is read anew with each piece; items that say the same are not drawn anew. */
const Item = memo(
  function Item({ item }: { item: Tokens.ListItem }) {
    return (
      <li className={cn('marker:text-faint', item.task && '-ms-5 list-none')}>
        <div className="flex min-w-0 flex-col gap-1">
          {item.task ? (
            <div className="flex items-start gap-2">
              <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label={item.text} className="mt-1 size-3.5 shrink-0" />
              <div className="min-w-0">
                <Inner tokens={item.tokens.filter(({ type }) => type !== 'checkbox')} />
              </div>
            </div>
          ) : (
            <Inner tokens={item.tokens} />
          )}
        </div>
      </li>
    );
  },
  (before, after) => before.item.raw === after.item.raw && before.item.loose === after.item.loose,
);
