import type { Tokens } from 'marked';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { cn } from '@/lib/cn';
import { Inline } from './inline';

const ALIGN = { left: 'text-left', right: 'text-right', center: 'text-center' };

/** A table that scrolls by itself when it is wider than the text. */
export function TableView({ token }: { token: Tokens.Table }) {
  const { t } = useTranslation('markdown');
  return (
    // Scrolls, so it must be reachable by keys.
    <div role="group" aria-label={t('table')} tabIndex={0} className="max-w-full overflow-x-auto scroll-thin rounded-lg border">
      <table dir="auto" className="w-full border-collapse text-sm [overflow-wrap:normal]">
        <thead className="bg-sunken">
          <Row cells={token.header} />
        </thead>
        <tbody className="[&>tr]:border-t">
          {token.rows.map((cells, at) => (
            <Row key={at} cells={cells} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const said = (cells: readonly Tokens.TableCell[]) => cells.map((cell) => cell.text).join('\n');

const Row = memo(
  function Row({ cells }: { cells: readonly Tokens.TableCell[] }) {
    return (
      <tr>
        {cells.map((cell, at) => {
          const Tag = cell.header ? 'th' : 'td';
          return (
            <Tag key={at} scope={cell.header ? 'col' : undefined} dir="auto" className={cn('px-3 py-1.5 align-top', cell.header ? 'font-medium whitespace-nowrap' : 'min-w-24', cell.align ? ALIGN[cell.align] : 'text-start')}>
              <Inline tokens={cell.tokens} />
            </Tag>
          );
        })}
      </tr>
    );
  },
  (before, after) => said(before.cells) === said(after.cells),
);
