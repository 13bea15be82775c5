export { Fold } from './fold';
export { answerOf, byTime, traceOf, treeOf, type TraceNode } from './trace';
export type { Resolved, Transcript } from './types';
