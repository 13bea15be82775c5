export type { Fault } from '@/api/problem';
export type { SchemaFormProps } from './schema-form';
export { faultsBelow, faultsOf } from './faults';
export { SchemaForm } from './lazy-form';
export { SchemaTree } from './schema-tree';
