export { BackendPage } from './detail/page';
export { BackendsPage } from './list/page';
