import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { keys, workflowQuery } from '@/api/queries';
import type { Run, Schemas } from '@/api/types';
import { entryOf, startOf, startRun } from '@/features/workflows';
import { randomName } from '@/lib/random';
import { sessionOf } from '../thread/turns';
import { noteConversation, noteRun } from './cache';
import { clearDraft, NEW_CHAT, type ChatDraft, type Target } from './drafts';
import { addSent, allSent, removeSent, sentOf, setLane, type Sent, type SentLane } from './outbox';
import { rememberTargets } from './targets';
import { titleOf } from './title';

/** When a request that had no answer is repeated, unless the connection comes back before. */
const AGAIN_MS = 3000;

/** Begins a conversation with its first words as title. */
export async function beginConversation(draft: ChatDraft): Promise<string> {
  const title = titleOf(draft);
  const conversation = await body(api.POST('/api/v1/conversations', { body: { title } }));
  noteConversation(conversation);
  return conversation.id;
}

/** Says something in a conversation: a run for each target, all at once, each sent once. */
export function send(conversation: string, draft: ChatDraft, targets: readonly Target[]): void {
  const sent: Sent = {
    key: randomName(),
    conversation,
    draft,
    at: new Date().toISOString(),
    lanes: targets.map((target) => ({ target, state: 'sending' })),
  };
  addSent(sent);
  clearDraft(conversation);
  clearDraft(NEW_CHAT);
  rememberTargets(targets);
  void sendLanes(sent.key);
}

/** Sends again what was not taken. */
export const sendAgain = (key: string): void => resend(key, 'failed');

/** Sends again what had no answer: what the hub has already it gives back, under the same key. */
export function sendUnsure(conversation: string): void {
  for (const sent of allSent()) if (sent.conversation === conversation) resend(sent.key, 'unsure');
}

function resend(key: string, which: SentLane['state']): void {
  const lanes = sentOf(key)?.lanes ?? [];
  if (!lanes.some(({ state }) => state === which)) return;
  lanes.forEach(({ state }, at) => state === which && setLane(key, at, { state: 'sending', error: undefined }));
  void sendLanes(key);
}

async function sendLanes(key: string): Promise<void> {
  const sent = sentOf(key);
  await Promise.all((sent?.lanes ?? []).map((lane, at) => (sent && lane.state === 'sending' ? sendLane(sent, at) : Promise.resolve())));
  settle(key);
  // One answer may get lost while the hub is there all the time.
  if (sentOf(key)?.lanes.some(({ state }) => state === 'unsure')) setTimeout(() => resend(key, 'unsure'), AGAIN_MS);
}

async function sendLane(sent: Sent, at: number): Promise<void> {
  const { conversation, key } = sent;
  const target = sent.lanes[at]?.target;
  if (!target) return;
  try {
    const start = await requestOf(sent, target, at);
    const run = await startRun(start, sent.draft.files, `${key}-${at}`);
    noteRun(conversation, run);
    setLane(key, at, { state: 'started', runId: run.id });
  } catch (error) {
    const problem = asProblem(error);
    setLane(key, at, { state: problem.passes || problem.code === 'bad_answer' ? 'unsure' : 'failed', error: problem });
  }
}

async function requestOf({ conversation, draft, key, lanes }: Sent, target: Target, lane: number) {
  const workflow = await queryClient.query({ ...workflowQuery(target.workflow), staleTime: 'static' });
  const start = startOf(workflow, entryOf(workflow, target.entry), draft, {
    conversation,
    session: sessionOf(conversation, lane),
    ...(lanes.length > 1 && { turn: key }),
  });
  if (draft.kept.length === 0) return start;
  return { ...start, input: { ...start.input, files: [...draft.kept] } as Schemas['RunInput'] };
}

/** What has begun is shown by the conversation itself. */
function settle(key: string): void {
  if (sentOf(key)?.lanes.every(({ state }) => state === 'started')) removeSent(key);
}

/** Runs the same again, as a further turn of the conversation. */
export async function runAgain(conversation: string, runs: readonly Run[]): Promise<void> {
  const turn = runs.length > 1 ? randomName() : undefined;
  for (const run of runs) {
    if (run.workflow_id == null) continue;
    const started = await startRun({ workflow_id: run.workflow_id, entry: run.entry, conversation_id: conversation, turn, input: run.input });
    noteRun(conversation, started);
  }
  void queryClient.invalidateQueries({ queryKey: keys.conversations });
}
