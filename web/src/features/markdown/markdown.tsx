import { memo, useState } from 'react';
import { cn } from '@/lib/cn';
import { Blocks } from './blocks';
import { BlockView } from './block-view';

export interface MarkdownProps {
  text: string;
  /** More text is to come. */
  grows?: boolean;
  className?: string;
}

/** A peer's text as Markdown. While it grows, only its last block is read and drawn anew. Raw HTML stays text. */
export const Markdown = memo(function Markdown({ text, grows = false, className }: MarkdownProps) {
  const [blocks] = useState(() => new Blocks());
  return (
    <div className={cn('flex min-w-0 flex-col gap-3 break-words [overflow-wrap:anywhere]', className)}>
      {blocks.of(text, grows).map((block) => (
        <BlockView key={block.at} token={block.token} open={block.open} />
      ))}
    </div>
  );
});
