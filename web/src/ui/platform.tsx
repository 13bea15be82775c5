import type { Platform } from '@/api/types';
import { cn } from '@/lib/cn';

/** Names are names: the same in every language. */
export const platformNames: Record<Platform, string> = {
  n8n: 'n8n',
  flowise: 'Flowise',
  sim_studio: 'Sim Studio',
  mcp: 'MCP',
  openai: 'OpenAI-compatible',
};

const MARKS: Record<Platform, [letters: string, look: string]> = {
  n8n: ['n8', 'bg-bad-soft text-bad'],
  flowise: ['Fl', 'bg-info-soft text-info'],
  sim_studio: ['Si', 'bg-accent-soft text-accent'],
  mcp: ['MC', 'bg-ok-soft text-ok'],
  openai: ['AI', 'bg-warn-soft text-warn'],
};

/** The mark of a platform. Its name stands beside it, or pass `named` to have it read out. */
export function PlatformMark({ platform, size = 'md', named = false }: { platform: Platform; size?: 'sm' | 'md' | 'lg'; named?: boolean }) {
  const [letters, look] = MARKS[platform];
  const sizes = { sm: 'size-5 rounded text-[0.5625rem]', md: 'size-7 rounded-md text-2xs', lg: 'size-10 rounded-lg text-sm' };
  return (
    <span
      role={named ? 'img' : undefined}
      aria-label={named ? platformNames[platform] : undefined}
      aria-hidden={named ? undefined : true}
      title={platformNames[platform]}
      dir="ltr"
      className={cn('inline-flex shrink-0 items-center justify-center font-bold', sizes[size], look)}
    >
      {letters}
    </span>
  );
}
