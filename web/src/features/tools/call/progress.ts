export interface Progress {
  done: number;
  total: number | undefined;
  message: string | undefined;
}

export interface CallLog {
  /** The last that the server told. */
  progress: Progress | undefined;
  /** All lines, progress included. */
  lines: readonly string[];
}

const LINE = /^\[(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:\/(\d+(?:\.\d+)?(?:e[+-]?\d+)?))?\](?: (.*))?$/;

/** The log of a call: the hub writes progress as `[3/5] words` and log messages as plain lines. */
export function callLog(text: string): CallLog {
  const lines = text.split('\n').filter((line) => line !== '');
  let progress: Progress | undefined;
  for (let at = lines.length - 1; at >= 0 && !progress; at -= 1) {
    const match = LINE.exec(lines[at] ?? '');
    if (match) progress = { done: Number(match[1]), total: match[2] === undefined ? undefined : Number(match[2]), message: match[3] };
  }
  return { progress, lines };
}
