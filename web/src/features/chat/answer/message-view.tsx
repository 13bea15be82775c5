import { Info, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { Message } from '@/api/types';
import { Markdown } from '@/features/markdown';
import { Reasoning } from './reasoning';

interface MessageViewProps {
  message: Message;
  /** More of it is to come. */
  grows: boolean;
  speaker?: string;
}

/** One message of an answer: what was thought, folded, and what was said. */
export const MessageView = memo(function MessageView({ message, grows, speaker }: MessageViewProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {speaker && (
        <p dir="auto" className="text-xs font-medium text-muted">
          {speaker}
        </p>
      )}
      {message.reasoning && <Reasoning text={message.reasoning} grows={grows && message.text === ''} />}
      {message.text !== '' && <Markdown text={message.text} grows={grows} />}
    </div>
  );
});

/** A remark of the hub or the peer about the run. */
export const Remark = memo(function Remark({ text }: { text: string }) {
  return (
    <p dir="auto" className="flex gap-1.5 text-xs whitespace-pre-wrap text-faint">
      <Info aria-hidden className="mt-px size-3.5 shrink-0" />
      <span className="line-clamp-4 min-w-0 break-words">{text.trim()}</span>
    </p>
  );
});

/** Something that went wrong on the way and did not end the run. */
export const Warning = memo(function Warning({ text }: { text: string }) {
  return (
    <p dir="auto" className="flex gap-1.5 text-xs text-warn">
      <TriangleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
      <span className="line-clamp-4 min-w-0 break-words">{text}</span>
    </p>
  );
});
