import type { Run, Schemas } from '@/api/types';

type ChatMessage = Schemas['ChatMessage'];

/** One answer to a prompt: a run, or what is left of one. */
export interface Lane {
  /** `undefined` while the run is being started. */
  runId?: string;
  run?: Run;
  /** What the conversation keeps of the answer, when the run is gone or not read yet. */
  kept?: string;
  /** Which of those side by side; 0 is the conversation itself. */
  lane: number;
}

/** Something said, with the answers to it. */
export interface Turn {
  key: string;
  /** What was said; empty when nothing was, and the input tells. */
  text: string;
  at: string;
  lanes: readonly Lane[];
}

/** The session of a lane: each has a memory of its own at its peer. */
export const sessionOf = (conversation: string, lane: number): string | undefined => (lane === 0 ? undefined : `${conversation}/${lane}`);

export function laneOf(run: Run | undefined): number {
  const conversation = run?.conversation_id;
  const session = run?.input.session_id;
  if (!conversation || !session?.startsWith(`${conversation}/`)) return 0;
  const lane = Number(session.slice(conversation.length + 1));
  return Number.isInteger(lane) && lane > 0 ? lane : 0;
}

/**
 * A conversation as turns. Runs of the same turn stand side by side, each in its lane. A run that said nothing (a form left empty, files alone) has no message of its
 * own, and a message may be left of a run that went with its backend.
 */
export function turnsOf(messages: readonly ChatMessage[], runs: readonly Run[]): Turn[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const answers = new Map(messages.flatMap((message) => (message.role === 'assistant' && message.run_id ? [[message.run_id, message.text] as const] : [])));
  const said = messages.filter((message) => message.role === 'user');
  const withMessage = new Set(said.map((message) => message.run_id));
  const entries = [
    ...said.map((message) => ({ at: message.created_at, text: message.text, runId: message.run_id ?? undefined })),
    ...runs.filter((run) => !withMessage.has(run.id)).map((run) => ({ at: run.created_at, text: '', runId: run.id })),
  ];
  // By the clock of the hub, which wrote both; stable for those of one moment.
  entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

  const turns: (Turn & { lanes: Lane[] })[] = [];
  const besides = new Map<string, (typeof turns)[number]>();
  for (const { at, text, runId } of entries) {
    const run = runId === undefined ? undefined : byId.get(runId);
    const lane: Lane = { runId, run, kept: runId === undefined ? undefined : answers.get(runId), lane: laneOf(run) };
    const beside = run?.turn == null ? undefined : besides.get(run.turn);
    if (beside) beside.lanes.push(lane);
    else {
      const turn = { key: '', text, at, lanes: [lane] };
      turns.push(turn);
      if (run?.turn != null) besides.set(run.turn, turn);
    }
  }
  for (const turn of turns) {
    turn.lanes.sort((a, b) => a.lane - b.lane);
    turn.key = turn.lanes[0]?.runId ?? `at-${turn.at}`;
  }
  return turns;
}
