export { StatusBadge } from './detail/status-badge';
