export { RunsPage } from './list/runs-page';
export { RunPage } from './run/run-page';
