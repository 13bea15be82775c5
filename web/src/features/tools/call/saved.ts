import { recall, remember } from '@/lib/storage';

export interface SavedCall {
  name: string;
  arguments: unknown;
  at: string;
}

const MOST = 50;

const isSaved = (one: unknown): one is SavedCall => typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' && 'arguments' in one;

/** Calls that this browser keeps for a tool, the latest first. */
export function savedCalls(tool: string): SavedCall[] {
  try {
    const kept: unknown = JSON.parse(recall(`calls.${tool}`) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isSaved) : [];
  } catch {
    return [];
  }
}

/** Keeps a call; one of the same name is replaced. */
export function saveCall(tool: string, name: string, values: unknown): SavedCall[] {
  const others = savedCalls(tool).filter((one) => one.name !== name);
  return keep(tool, [{ name, arguments: values, at: new Date().toISOString() }, ...others].slice(0, MOST));
}

export const forgetCall = (tool: string, name: string): SavedCall[] =>
  keep(
    tool,
    savedCalls(tool).filter((one) => one.name !== name),
  );

function keep(tool: string, calls: SavedCall[]): SavedCall[] {
  remember(`calls.${tool}`, calls.length > 0 ? JSON.stringify(calls) : null);
  return calls;
}
