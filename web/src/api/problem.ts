import type { Schemas } from './types';

export type ProblemDocument = Schemas['Problem'];

/** A code of the hub, or what only a browser can meet. */
export type ProblemCode = ProblemDocument['code'] | 'offline' | 'bad_answer';

/** One thing that is wrong with an input; `place` is a JSON pointer into it. */
export interface Fault {
  place: string;
  message: string;
}

/** What every call of the API fails with. */
export class HubProblem extends Error {
  override readonly name = 'HubProblem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string | undefined;
  readonly hint: string | undefined;
  readonly place: string | undefined;
  /** All that is wrong with an input, where the hub tells each. */
  readonly faults: readonly Fault[];
  /** The whole document, with what only some problems tell. */
  readonly document: Partial<ProblemDocument>;

  constructor(code: ProblemCode, status: number, detail: string, more: Partial<ProblemDocument> & { faults?: readonly Fault[] } = {}) {
    super(detail);
    this.code = code;
    this.status = status;
    this.title = more.title;
    this.hint = more.hint ?? undefined;
    this.place = more.place ?? undefined;
    this.faults = more.faults ?? [];
    this.document = more;
  }

  /** The hub did not answer at all, or said that it is going down or coming up. */
  get passes(): boolean {
    return this.code === 'offline' || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

/** Reads the body of a failed answer. */
export function problemOf(status: number, body: unknown): HubProblem {
  if (isDocument(body)) return new HubProblem(body.code, body.status, body.detail, body);
  // A proxy's page instead of a document.
  return new HubProblem('bad_answer', status, `HTTP ${status}`);
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): HubProblem {
  if (error instanceof HubProblem) return error;
  return new HubProblem('bad_answer', 0, error instanceof Error ? error.message : String(error));
}

const isDocument = (body: unknown): body is ProblemDocument =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;
