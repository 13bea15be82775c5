export { keepDraft } from './call/drafts';
export { StatusBadge } from './detail/status-badge';
