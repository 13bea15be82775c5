export { Artifacts } from './answer/artifacts';
