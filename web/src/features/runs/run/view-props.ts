import type { Run, Workflow } from '@/api/types';
import type { Trace } from '../model/trace';
import type { Folding } from '../rows/step-grid';
import type { Selection } from './use-selection';

/** What each view of a run is drawn from. */
export interface ViewProps {
  trace: Trace;
  selection: Selection;
  folding: Folding;
  /** It goes on. */
  live: boolean;
  /** Name of what runs. */
  name: string;
  /** Once they are read. */
  run: Run | undefined;
  workflow: Workflow | undefined;
  now: number;
  /** Show what is known of the chosen step, where there is no room for it beside the view. */
  onOpen: () => void;
}
