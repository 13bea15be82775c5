/** One frame of a `text/event-stream`. */
export interface Frame {
  event: string;
  data: string;
  id: string | undefined;
}

/**
 * Cuts a stream of text into frames. `EventSource` would do that too, but hides the hub's heartbeat, by which a
 * connection that is silent is told from one that is dead.
 */
export class FrameReader {
  #rest = '';

  push(text: string): Frame[] {
    const frames: Frame[] = [];
    const whole = this.#rest + text;
    let begin = 0;
    for (let end = whole.indexOf('\n\n'); end >= 0; end = whole.indexOf('\n\n', begin)) {
      const frame = parse(whole.slice(begin, end));
      if (frame) frames.push(frame);
      begin = end + 2;
    }
    this.#rest = whole.slice(begin);
    return frames;
  }
}

function parse(block: string): Frame | undefined {
  const frame: Frame = { event: 'message', data: '', id: undefined };
  let hasData = false;
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    const field = line.slice(0, colon);
    if (field === 'event') frame.event = value;
    else if (field === 'id') frame.id = value;
    else if (field === 'data') {
      frame.data = hasData ? `${frame.data}\n${value}` : value;
      hasData = true;
    }
  }
  return hasData ? frame : undefined;
}
