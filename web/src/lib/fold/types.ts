import type { InputRequired, Message, RunStatus, Schemas, TraceStep, Usage } from '@/api/types';

/** What a run's log says so far. Unchanged parts keep their identity from one view to the next. */
export interface Transcript {
  lastSeq: number;
  status: RunStatus;
  start: Schemas['Start'] | undefined;
  /** When the hub wrote `start`. */
  startedAt: string | undefined;
  done: Schemas['Done'] | undefined;
  /** When the hub wrote the last event. */
  lastAt: string | undefined;
  /** In order of their first delta, superseded ones included. */
  messages: readonly Message[];
  /** In the order in which they were opened; `traceOf` puts them in the order of the tree. */
  steps: readonly TraceStep[];
  /** Questions that are open. */
  pending: readonly InputRequired[];
  /** Questions that were answered or passed, with what became of them. */
  resolved: readonly Resolved[];
  artifacts: readonly Schemas['Artifact'][];
  citations: readonly Schemas['Citation'][];
  errors: readonly Schemas['ErrorData'][];
  /** Sum of all `usage` events. */
  usage: Usage;
  /** How many frames of the peer were not understood. */
  rawFrames: number;
  /** The last news of the connection between hub and peer. */
  link: Schemas['Link'] | undefined;
}

export interface Resolved {
  question: InputRequired;
  resolution: Schemas['InputResolved'];
}
