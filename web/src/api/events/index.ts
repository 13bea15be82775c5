export { hub } from './client';
export type { ConnectionState } from './messages';
export type { RunView } from './run-store';
export { useConnection, useRun, useRunPart } from './use-run';
