// A run as large as one likes, the same each time: agents with turns, models that stream, tools that are called.

const RUN = '00000000-0000-7000-8000-000000000001';
const WORDS = 'the hub keeps every event of a run and shows each step as it goes on while words come one by one'.split(' ');

/** Ten events or so for each step; `begin` is the hub's time of the first. */
export class Generator {
  #seq = 0;
  #step = 0;
  #at;
  #msPerEvent;
  #queue = [];

  constructor(begin, msPerEvent) {
    this.#at = begin;
    this.#msPerEvent = msPerEvent;
    this.#push('start', { backend: 'bench', platform: 'n8n', workflow: 'A large run' });
    this.#push('link', { state: 'identified', attempt: 1, detail: '1' });
  }

  get run() {
    return RUN;
  }

  next() {
    while (this.#queue.length === 0) this.#agent();
    const event = this.#queue.shift();
    event.seq = ++this.#seq;
    event.timestamp = `${new Date(this.#at).toISOString().slice(0, -1)}000Z`;
    this.#at += this.#msPerEvent;
    return event;
  }

  done() {
    this.#queue = [];
    this.#push('done', { outcome: 'succeeded', verdict: 'verified' });
    return this.next();
  }

  #push(type, data, ids = {}) {
    this.#queue.push({ run_id: RUN, seq: 0, timestamp: '', type, ...ids, data });
  }

  /** An agent with three turns: a model that streams, then a tool. */
  #agent() {
    const agent = `agent-${this.#step++}`;
    const node = { source: { node: `Agent ${this.#step % 7}` } };
    this.#push('step_start', { name: node.source.node, kind: 'agent', node_type: 'agent', input: { question: `Question ${agent}` } }, { step_id: agent, ...node });
    for (let turn = 0; turn < 3; turn += 1) {
      const model = `model-${this.#step++}`;
      this.#push('step_start', { name: 'Model', kind: 'model', iteration: turn }, { step_id: model, parent_step_id: agent, source: { node: 'Model' } });
      for (let word = 0; word < 14; word += 1) {
        const text = `${WORDS[(this.#step + word) % WORDS.length]} `;
        this.#push('delta', { part: 'text', text }, { step_id: model, message_id: `m-${model}`, source: { node: 'Model' } });
      }
      this.#push('usage', { model: 'bench-1', input_tokens: 40, output_tokens: 14, cost_usd: 0.0001 }, { step_id: model });
      this.#push('step_end', { status: 'succeeded', output: { text: 'So it is.' }, usage: { input_tokens: 40, output_tokens: 14 } }, { step_id: model });
      const tool = `tool-${this.#step++}`;
      this.#push('tool_start', { name: 'lookup', arguments: { key: tool } }, { tool_id: tool, parent_step_id: agent, source: { node: 'lookup', tool: 'lookup' } });
      const failed = this.#step % 97 === 0;
      this.#push('tool_end', failed ? { status: 'failed', error: 'Nothing there.' } : { status: 'succeeded', result: { found: true, rows: [1, 2, 3] } }, { tool_id: tool });
    }
    this.#push('step_end', { status: 'succeeded', output: 'Done.' }, { step_id: agent });
  }
}

/** A whole run of about so many steps, ended. */
export function wholeRun(steps, msPerEvent = 2) {
  const begin = Date.now() - 3_600_000;
  const generator = new Generator(begin, msPerEvent);
  const events = [];
  for (let opened = 0; opened < steps; ) {
    const event = generator.next();
    events.push(event);
    if (event.type === 'step_start' || event.type === 'tool_start') opened += 1;
  }
  return { run: generator.run, events, generator };
}
