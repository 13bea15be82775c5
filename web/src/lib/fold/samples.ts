import type { StreamEvent } from '@/api/types';

type Draft = Pick<StreamEvent, 'type' | 'data'> & Partial<Pick<StreamEvent, 'message_id' | 'tool_id' | 'step_id' | 'parent_step_id'>>;
type DataOf<Type extends StreamEvent['type']> = Extract<StreamEvent, { type: Type }>['data'];

/** The same moments as in the samples of the protocol crate. */
export const time = (ms: number): string => new Date(1_795_474_089_000 + ms).toISOString();

export const stamped = (drafts: Draft[], from = 1): StreamEvent[] =>
  drafts.map((draft, at) => ({ ...draft, run_id: 'r', seq: from + at, timestamp: time((from + at - 1) * 10) }) as StreamEvent);

export const start = (): Draft => ({
  type: 'start',
  data: { backend: 'home', platform: 'n8n', workflow: 'AI tool', simulated: true },
});

export const done = (more: Partial<DataOf<'done'>> = {}): Draft => ({
  type: 'done',
  data: { outcome: 'failed', verdict: 'verified', reason: 'The node Code failed.', duration_ms: 1200, ...more },
});

export const delta = (message: string, part: DataOf<'delta'>['part'], text: string, supersedes?: string): Draft => ({
  type: 'delta',
  data: { part, text, supersedes },
  message_id: message,
});

export const stepStart = (id: string, parent?: string, more: Partial<DataOf<'step_start'>> = {}): Draft => ({
  type: 'step_start',
  data: { name: id, kind: 'node', ...more },
  step_id: id,
  parent_step_id: parent,
});

export const stepEnd = (id: string, more: Partial<DataOf<'step_end'>> = {}): Draft => ({
  type: 'step_end',
  data: { status: 'succeeded', ...more },
  step_id: id,
});

export const toolStart = (id: string, parent?: string): Draft => ({
  type: 'tool_start',
  data: { name: id },
  tool_id: id,
  parent_step_id: parent,
});

export const toolEnd = (id: string): Draft => ({
  type: 'tool_end',
  data: { status: 'succeeded', result: 'ok' },
  tool_id: id,
});

export const args = (tool: string, text: string): Draft => ({
  type: 'delta',
  data: { part: 'tool_arguments', text },
  tool_id: tool,
});

export const usage = (input: number, output: number): Draft => ({
  type: 'usage',
  data: { input_tokens: input, output_tokens: output },
});

export const question = (id: string): Draft => ({
  type: 'input_required',
  data: { request_id: id, kind: 'choice', prompt: 'Send it?', choices: [{ id: 'yes', label: 'Yes' }] },
});

export const resolved = (id: string): Draft => ({
  type: 'input_resolved',
  data: { request_id: id, by: 'answer', choice: 'yes' },
});

export type { Draft };
