import { api, body } from '@/api/client';
import { asProblem } from '@/api/problem';
import { queryClient } from '@/api/query-client';
import { conversationQuery, keys, workflowQuery } from '@/api/queries';
import type { Run, Schemas } from '@/api/types';
import { entryOf, startOf, startRun } from '@/features/workflows';
import { sessionOf } from '../thread/turns';
import { conversationRunsQuery, noteConversation, noteRun } from './cache';
import { clearDraft, NEW_CHAT, type ChatDraft, type Target } from './drafts';
import { addSent, allSent, removeSent, sentOf, setLane, type Sent } from './outbox';
import { rememberTargets } from './targets';
import { titleOf } from './title';

let made = 0;

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
    key: `sent-${++made}`,
    conversation,
    draft,
    at: new Date().toISOString(),
    lanes: targets.map((target) => ({ target, state: 'sending' })),
    before: new Set(knownRuns(conversation).map(({ id }) => id)),
  };
  addSent(sent);
  clearDraft(conversation);
  clearDraft(NEW_CHAT);
  rememberTargets(targets);
  void sendLanes(sent.key);
}

/** Sends again what was not taken. */
export function sendAgain(key: string): void {
  const sent = sentOf(key);
  sent?.lanes.forEach((lane, at) => lane.state === 'failed' && setLane(key, at, { state: 'sending', error: undefined }));
  void sendLanes(key);
}

async function sendLanes(key: string): Promise<void> {
  const sent = sentOf(key);
  // At once: a lane that began later would be told what was said in the others.
  await Promise.all((sent?.lanes ?? []).map((lane, at) => (sent && lane.state === 'sending' ? sendLane(sent, at) : Promise.resolve())));
  settle(key);
}

async function sendLane(sent: Sent, at: number): Promise<void> {
  const { conversation, key } = sent;
  const target = sent.lanes[at]?.target;
  if (!target) return;
  try {
    const start = await requestOf(conversation, sent.draft, target, at);
    const run = await startRun(start, sent.draft.files);
    noteRun(conversation, run);
    setLane(key, at, { state: 'started', runId: run.id });
  } catch (error) {
    const problem = asProblem(error);
    setLane(key, at, { state: problem.passes || problem.code === 'bad_answer' ? 'unsure' : 'failed', error: problem });
  }
}

async function requestOf(conversation: string, draft: ChatDraft, target: Target, lane: number) {
  const workflow = await queryClient.query({ ...workflowQuery(target.workflow), staleTime: 'static' });
  const start = startOf(workflow, entryOf(workflow, target.entry), draft, { conversation, session: sessionOf(conversation, lane) });
  if (draft.kept.length === 0) return start;
  return { ...start, input: { ...start.input, files: [...draft.kept] } as Schemas['RunInput'] };
}

/** What has begun is shown by the conversation itself. */
function settle(key: string): void {
  if (sentOf(key)?.lanes.every(({ state }) => state === 'started')) removeSent(key);
}

const knownRuns = (conversation: string): Run[] =>
  queryClient.getQueryData(conversationRunsQuery(conversation).queryKey)?.pages.flatMap(({ items }) => items) ?? [];

/**
 * Finds out what became of requests that had no answer. The hub writes a run down before it answers: a run of the same
 * workflow with the same words that was not there before is ours. Nothing is sent again by itself.
 */
export async function findUnsure(conversation: string): Promise<void> {
  const unsure = allSent().filter((sent) => sent.conversation === conversation && sent.lanes.some(({ state }) => state === 'unsure'));
  if (unsure.length === 0) return;
  try {
    await queryClient.infiniteQuery({ ...conversationRunsQuery(conversation), staleTime: 0 });
    await queryClient.query({ ...conversationQuery(conversation), staleTime: 0 });
  } catch {
    // Still no answer; the connection says when to look again.
    return;
  }
  for (const sent of unsure) {
    const taken = new Set(sent.lanes.flatMap(({ runId }) => runId ?? []));
    sent.lanes.forEach((lane, at) => {
      if (lane.state !== 'unsure') return;
      const found = knownRuns(conversation).find(
        (run) => !sent.before.has(run.id) && !taken.has(run.id) && run.workflow_id === lane.target.workflow && (run.input.session_id ?? undefined) === sessionOf(conversation, at),
      );
      if (found) taken.add(found.id);
      setLane(sent.key, at, found ? { state: 'started', runId: found.id, error: undefined } : { state: 'failed' });
    });
    settle(sent.key);
  }
}

/** Runs the same again, as a further turn of the conversation. */
export async function runAgain(conversation: string, runs: readonly Run[]): Promise<void> {
  for (const run of runs) {
    if (run.workflow_id == null) continue;
    const started = await startRun({ workflow_id: run.workflow_id, entry: run.entry, conversation_id: conversation, input: run.input });
    noteRun(conversation, started);
  }
  void queryClient.invalidateQueries({ queryKey: keys.conversations });
}
