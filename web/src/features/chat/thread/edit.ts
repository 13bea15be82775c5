import { EMPTY_CHAT_DRAFT, type ChatDraft } from '../state/drafts';
import { targetOf } from '../state/targets';
import type { ShownTurn } from './use-turns';

/** What was said, as it can be changed and said again, to the same ones. */
export function draftAgain(turn: ShownTurn): ChatDraft {
  const targets = turn.sent ? turn.sent.lanes.map(({ target }) => target) : turn.lanes.flatMap(({ run }) => (run ? (targetOf(run) ?? []) : []));
  const more = { targets: targets.length > 0 ? targets : undefined };
  if (turn.sent) return { ...turn.sent.draft, ...more };
  const input = turn.lanes.find(({ run }) => run)?.run?.input;
  if (!input) return { ...EMPTY_CHAT_DRAFT, ...more, text: turn.text };
  return {
    ...EMPTY_CHAT_DRAFT,
    ...more,
    text: input.text ?? '',
    data: input.data ?? undefined,
    kept: input.files ?? [],
    path: input.path ?? {},
    query: pairs(input.query),
    headers: pairs(input.headers),
    method: input.method ?? undefined,
  };
}

const pairs = (values: Record<string, string> = {}) => Object.entries(values).map(([name, value]) => ({ name, value }));
