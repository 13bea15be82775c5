export { useInboxCount } from './query';
