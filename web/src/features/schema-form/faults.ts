import type { Fault } from '@/api/problem';
import type { ErrorSchema } from '@rjsf/utils';
import { at, pointerSteps } from './resolve';
import { isRecord, sameJson } from './schema';

/** The single faults that a problem of the hub tells. */
export function faultsOf(problem: unknown): readonly Fault[] {
  if (!isRecord(problem) || !Array.isArray(problem.faults)) return NONE;
  return problem.faults.filter(isFault);
}

const NONE: readonly Fault[] = [];

const isFault = (one: unknown): one is Fault => isRecord(one) && typeof one.place === 'string' && typeof one.message === 'string';

/** Faults below a place, told from there: `/arguments/a` below `/arguments` is `/a`. */
export const faultsBelow = (faults: readonly Fault[], place: string): readonly Fault[] =>
  faults.filter((fault) => fault.place === place || fault.place.startsWith(`${place}/`)).map((fault) => ({ ...fault, place: fault.place.slice(place.length) }));

/** Those whose place still holds what it held when they were found. */
export const stillThere = (faults: readonly Fault[], before: unknown, now: unknown): readonly Fault[] =>
  faults.filter(({ place }) => sameJson(at(before, pointerSteps(place)), at(now, pointerSteps(place))));

/** As the form library wants them: a tree in the shape of the value. */
export function errorTree(faults: readonly Fault[]): ErrorSchema {
  const tree: ErrorNode = {};
  for (const { place, message } of faults) {
    let node = tree;
    for (const step of pointerSteps(place)) {
      const inner: ErrorNode = Object.hasOwn(node, step) ? (node[step] as ErrorNode) : {};
      node[step] = inner;
      node = inner;
    }
    node.__errors = [...(node.__errors ?? []), message];
  }
  return tree as ErrorSchema;
}

type ErrorNode = { __errors?: string[] } & Record<string, unknown>;
