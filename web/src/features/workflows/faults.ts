import { asProblem } from '@/api/problem';
import { faultsOf, type Fault } from '@/features/schema-form';

/** What the hub found wrong with a request, place by place; one that names a single place is one fault. */
export function faultsFrom(error: unknown): readonly Fault[] {
  if (!error) return [];
  const problem = asProblem(error);
  const faults = faultsOf(problem);
  if (faults.length > 0) return faults;
  return problem.place?.startsWith('/') ? [{ place: problem.place, message: problem.message }] : [];
}
