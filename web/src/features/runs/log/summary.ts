import type { StreamEvent } from '@/api/types';
import { textOf, type LogRow } from './log-rows';

/** As much of a line as a screen is wide. */
const MOST = 240;

const brief = (value: unknown): string => {
  if (value == null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, MOST);
};

const parts = (...all: (string | null | undefined)[]): string => all.filter(Boolean).join(' · ');

const known = new WeakMap<StreamEvent, string>();

/** What an event says, in one line. The words are the peer's and the protocol's. */
export function summaryOf(events: readonly StreamEvent[], row: LogRow): string {
  const event = events[row.first];
  if (!event) return '';
  // A line of text may still grow; all else stays what it is.
  if (event.type === 'delta') return textOf(events, row, MOST).slice(0, MOST);
  const summary = known.get(event) ?? summarised(event);
  known.set(event, summary);
  return summary;
}

function summarised(event: Exclude<StreamEvent, { type: 'delta' }>): string {
  switch (event.type) {
    case 'start':
      return parts(event.data.workflow, event.data.backend, event.data.entry);
    case 'step_start':
      return parts(event.data.name, event.data.node_type, brief(event.data.input));
    case 'step_end':
      return parts(event.data.status, event.data.error, brief(event.data.output));
    case 'tool_start':
      return parts(event.data.name, brief(event.data.arguments));
    case 'tool_end':
      return parts(event.data.status, event.data.error, brief(event.data.result));
    case 'error':
      return parts(event.data.code, event.data.message);
    case 'usage':
      return parts(event.data.model, `${event.data.input_tokens} → ${event.data.output_tokens}`, event.data.cost_usd == null ? '' : `$${event.data.cost_usd}`);
    case 'citation':
      return parts(event.data.title, event.data.url, event.data.text?.slice(0, MOST));
    case 'artifact':
      return parts(event.data.name, event.data.media_type);
    case 'input_required':
      return parts(event.data.kind, event.data.prompt.slice(0, MOST));
    case 'input_resolved':
      return parts(event.data.by, event.data.choice);
    case 'link':
      return parts(event.data.state, event.data.attempt > 1 ? `#${event.data.attempt}` : '', event.data.reason, event.data.detail);
    case 'raw':
      return parts(event.data.reason, event.data.frame.slice(0, MOST));
    case 'done':
      return parts(event.data.outcome, event.data.verdict, event.data.reason);
  }
}

/** Which step an event belongs to. */
export const stepOf = (event: StreamEvent): string | undefined => event.tool_id ?? event.step_id ?? undefined;
