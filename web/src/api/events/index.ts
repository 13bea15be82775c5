export { hub } from './client';
export type { RunView } from './run-store';
export { useConnection, useRun, useRunPart } from './use-run';
