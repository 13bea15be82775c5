export { keepDraft } from './call/drafts';
