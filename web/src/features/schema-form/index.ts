export type { SchemaFormProps } from './schema-form';
export { faultsBelow, faultsOf, type Fault } from './faults';
export { SchemaForm } from './lazy-form';
