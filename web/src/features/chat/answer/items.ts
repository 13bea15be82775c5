import type { InputRequired, Message, StreamEvent, TraceStep } from '@/api/types';
import type { Resolved, Transcript } from '@/lib/fold';
import { placementOf } from './placement';

/** What an answer is made of, in the order in which it came. */
export type Item =
  | { kind: 'message'; key: string; message: Message; /** Who speaks, when it is not who spoke before. */ speaker?: string }
  | { kind: 'tools'; key: string; steps: readonly TraceStep[] }
  | { kind: 'resolved'; key: string; resolved: Resolved }
  | { kind: 'question'; key: string; question: InputRequired };

type Placed = { at: number } & ({ message: Message } | { tool: TraceStep } | { resolved: Resolved } | { question: InputRequired });

/**
 * Words, tool calls and questions in their order. What was said inside a tool call (by an agent that is a tool) stands
 * with that call. Tool calls of which the log hears only after the last word would be in the wrong place: they are
 * among the steps.
 */
export function itemsOf(transcript: Transcript, events: readonly StreamEvent[]): Item[] {
  const place = placementOf(events);
  const { byId, calls } = lookOf(transcript.steps);
  // Some peers say their question as a message, too: it is read once, where it can be answered.
  const asking = new Set(transcript.pending.map(({ prompt }) => prompt.trim()));
  const spoken = transcript.messages.filter(
    (message) => !message.superseded && (message.text || message.reasoning) && !(asking.size > 0 && asking.has(message.text.trim())) && !toolAround(message, byId),
  );
  const lastWord = Math.max(0, ...spoken.map((message) => place.lastWord.get(message.id) ?? 0));
  const over = transcript.done !== undefined;
  const placed: Placed[] = [
    ...spoken.map((message) => ({ at: place.firstWord.get(message.id) ?? 0, message })),
    ...calls.filter((call) => !(over && lastWord > 0 && call.seq > lastWord)).map((tool) => ({ at: tool.seq, tool })),
    ...transcript.resolved.map((resolved) => ({ at: place.asked.get(resolved.question.request_id) ?? 0, resolved })),
    ...transcript.pending.map((question) => ({ at: place.asked.get(question.request_id) ?? Infinity, question })),
  ];
  placed.sort((a, b) => a.at - b.at);

  const speakers = new Set(spoken.map(speakerOf));
  const items: Item[] = [];
  let before: string | undefined;
  for (const one of placed) {
    if ('message' in one) {
      const speaker = speakerOf(one.message);
      items.push({ kind: 'message', key: `m/${one.message.id}`, message: one.message, speaker: speakers.size > 1 && speaker !== before ? speaker : undefined });
      before = speaker;
    } else if ('tool' in one) {
      const last = items.at(-1);
      if (last?.kind === 'tools') items[items.length - 1] = { ...last, steps: [...last.steps, one.tool] };
      else items.push({ kind: 'tools', key: `t/${one.tool.id}`, steps: [one.tool] });
    } else if ('resolved' in one) {
      items.push({ kind: 'resolved', key: `q/${one.resolved.question.request_id}`, resolved: one.resolved });
    } else {
      items.push({ kind: 'question', key: `q/${one.question.request_id}`, question: one.question });
    }
  }
  return items;
}

interface Look {
  byId: ReadonlyMap<string, TraceStep>;
  /** Tool calls that are not part of another. */
  calls: readonly TraceStep[];
}

const looks = new WeakMap<readonly TraceStep[], Look>();

/** While words come, the steps stay as they are: they are looked through once. */
function lookOf(steps: readonly TraceStep[]): Look {
  const known = looks.get(steps);
  if (known) return known;
  const byId = new Map(steps.map((step) => [step.id, step]));
  const look = { byId, calls: steps.filter((step) => step.is_tool_call && !ancestorTool(step, byId)) };
  looks.set(steps, look);
  return look;
}

const speakerOf = (message: Message): string | undefined => message.source?.agent ?? message.source?.node ?? undefined;

/** The tool call that a message was said in. */
function toolAround(message: Message, byId: ReadonlyMap<string, TraceStep>): string | undefined {
  const step = message.step_id == null ? undefined : byId.get(message.step_id);
  if (!step) return undefined;
  return step.is_tool_call ? step.id : ancestorTool(step, byId);
}

function ancestorTool(step: TraceStep, byId: ReadonlyMap<string, TraceStep>): string | undefined {
  let parent = step.parent_id == null ? undefined : byId.get(step.parent_id);
  // Bounded, because parents may form a ring.
  for (let n = 0; parent && n < byId.size; n += 1) {
    if (parent.is_tool_call) return parent.id;
    parent = parent.parent_id == null ? undefined : byId.get(parent.parent_id);
  }
  return undefined;
}

/** What was said inside a tool call. */
export function saidInside(tool: string, transcript: Transcript): Message[] {
  const { byId } = lookOf(transcript.steps);
  return transcript.messages.filter((message) => !message.superseded && message.text !== '' && toolAround(message, byId) === tool);
}

/** The words of an answer, to be copied. */
export const wordsOf = (items: readonly Item[]): string =>
  items.flatMap((item) => (item.kind === 'message' && item.message.text ? [item.message.text] : [])).join('\n\n');
