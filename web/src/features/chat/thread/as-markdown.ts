import { answerOf } from '@/lib/fold';
import { runStore } from '@/api/events/use-run';
import type { ShownTurn } from './use-turns';

/** A conversation as a text to keep: what was said, and who answered what. */
export function asMarkdown(title: string, turns: readonly ShownTurn[], words: { you: string }): string {
  const parts = turns.flatMap((turn) => [
    `## ${words.you}\n\n${turn.text}`,
    ...turn.lanes.flatMap((lane) => {
      const read = lane.runId === undefined ? undefined : runStore(lane.runId).get();
      const text = read?.phase === 'ready' ? answerOf(read.transcript).map((message) => message.text).join('\n\n') : (lane.kept ?? '');
      return text ? [`## ${lane.run?.workflow_name ?? ''}\n\n${text}`] : [];
    }),
  ]);
  return [`# ${title}`, ...parts].join('\n\n') + '\n';
}
