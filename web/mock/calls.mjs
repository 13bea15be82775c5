// Calls of tools as runs: their logs, told as time goes on.
import { id, now, PIXEL, questions } from './made.mjs';

export const runs = new Map();
const blobs = new Map();
let count = 0;

export const blob = (name) => blobs.get(name);

class Run {
  constructor(tool, input) {
    count += 1;
    this.log = [];
    this.readers = new Set();
    this.head = { id: id('ca11', Date.now() % 1e8 + count), backend_id: tool.backend_id, tool_id: tool.id, workflow_name: tool.name, status: 'queued', input: { data: input }, last_seq: 0, attempt: 1, created_at: now() };
    this.tool = tool;
    runs.set(this.head.id, this);
  }

  say(type, data, more = {}) {
    const event = { run_id: this.head.id, seq: this.log.length + 1, type, timestamp: now(), source: { backend: this.tool.backend }, ...more, data };
    this.log.push(event);
    this.head.last_seq = event.seq;
    for (const reader of this.readers) reader(event);
  }

  set(status, news) {
    this.head = { ...this.head, status };
    if (status === 'running') this.head.started_at = now();
    news(this.head);
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const CALL = { tool_id: 'call-1' };
const LOG = { message_id: 'log', ...CALL };

/** Starts a call; `news` is told when the run moves on. */
export function call(tool, input, recorded, news) {
  const run = new Run(tool, input);
  void play(run, tool, input, recorded, news);
  return run.head;
}

async function play(run, tool, input, recorded, news) {
  await wait(150);
  run.set('running', news);
  run.say('start', { backend: tool.backend, platform: 'mcp', workflow: tool.name });
  run.say('tool_start', { name: tool.name, arguments: input }, CALL);
  const end = (status, result, error) => run.say('tool_end', { status, result, error, duration_ms: 240 }, CALL);
  const done = (outcome, reason) => {
    run.say('done', { outcome, verdict: outcome === 'unknown' ? 'unverified' : 'verified', reason, duration_ms: Date.now() - Date.parse(run.head.created_at) });
    run.head.done = run.log.at(-1).data;
    run.set(outcome, news);
  };
  await wait(250);
  switch (tool.name) {
    case 'trigger-long-running-operation': {
      const steps = Number(input.steps ?? 5);
      for (let step = 1; step <= steps; step += 1) {
        await wait((Number(input.duration ?? 10) * 1000) / steps);
        if (run.stopped) { end('cancelled', undefined, 'Cancelled.'); return done('cancelled', 'Cancelled by a person.'); }
        run.say('delta', { part: 'log', text: `[${step}/${steps}] step ${step} of ${steps}\n` }, LOG);
      }
      break;
    }
    case 'media':
      for (const [name, media_type, bytes] of [['image-2.png', 'image/png', PIXEL], ['audio-3.wav', 'audio/wav', WAV], ['b.md', 'text/markdown', Buffer.from('# b\n\nsome **text**').toString('base64')]]) {
        const blob_id = id('b10b', blobs.size + 1);
        blobs.set(blob_id, { media_type, bytes: Buffer.from(bytes, 'base64') });
        run.say('artifact', { name, media_type, size: bytes.length, blob_id }, CALL);
      }
      run.say('artifact', { name: 'a', media_type: 'text/plain', url: 'file:///a.txt' }, CALL);
      run.say('artifact', { name: 'structured content', media_type: 'application/json', json: { a: 1, list: [1, 2, 3] } }, CALL);
      end('succeeded', { content: [{ type: 'text', text: 'Here it is.' }, { type: 'image', mimeType: 'image/png', data: { $artifact: true, size: 99 } }, { type: 'audio', mimeType: 'audio/wav', data: { $artifact: true, size: 99 } }, { type: 'resource', resource: { uri: 'demo://x/b.md', mimeType: 'text/markdown', text: '# b\n\nsome **text**' } }, { type: 'resource_link', uri: 'file:///a.txt', name: 'a', description: 'A file beside it', mimeType: 'text/plain' }, { type: 'hologram', data: 'x' }], structuredContent: { a: 1, list: [1, 2, 3] } });
      return done('succeeded');
    case 'empty':
      end('succeeded', { content: [] });
      return done('succeeded');
    case 'nothing':
      end('succeeded');
      return done('succeeded');
    case 'broken':
      run.say('delta', { part: 'text', text: 'boom: the disk is full' }, { message_id: 'content-1', ...CALL });
      end('failed', { content: [{ type: 'text', text: 'boom: the disk is full' }], isError: true }, 'boom: the disk is full');
      return done('failed', 'boom: the disk is full');
    case 'lost':
      run.say('link', { state: 'lost', reason: 'the program ended' });
      await wait(1500);
      end('unknown', undefined, 'The connection was lost in the middle of the call.');
      run.say('error', { code: 'peer_unreachable', message: 'The connection was lost in the middle of the call. Whether the tool did its work is not known.', hint: 'Look at the server what became of it.', fatal: true, retry_safe: false });
      return done('unknown', 'The connection was lost in the middle of the call.');
    case 'ask': {
      const question = questions.form();
      run.say('input_required', question);
      run.set('waiting', news);
      await new Promise((answered) => (run.answered = answered));
      run.say('input_resolved', { request_id: question.request_id, outcome: 'answered' });
      run.set('running', news);
      break;
    }
  }
  const kept = recorded.everything.calls[tool.name] ?? recorded.lab.calls[tool.name] ?? recorded.time.calls[tool.name];
  const result = kept && kept.content ? kept : { content: [{ type: 'text', text: tool.name === 'echo' ? `Echo: ${input.message}` : `Done: ${tool.name}` }] };
  for (const [at, block] of (result.content ?? []).entries()) if (block.type === 'text') run.say('delta', { part: 'text', text: block.text }, { message_id: `content-${at + 1}`, ...CALL });
  if (result.structuredContent) run.say('artifact', { name: 'structured content', media_type: 'application/json', json: result.structuredContent }, CALL);
  end('succeeded', result);
  done('succeeded');
}

/** Half a second of a tone. */
const WAV = (() => {
  const rate = 8000;
  const samples = rate / 2;
  const wav = Buffer.alloc(44 + samples);
  wav.write('RIFF', 0); wav.writeUInt32LE(36 + samples, 4); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24); wav.writeUInt32LE(rate, 28); wav.writeUInt16LE(1, 32); wav.writeUInt16LE(8, 34); wav.write('data', 36); wav.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) wav[44 + at] = 128 + 60 * Math.sin((at / rate) * 2 * Math.PI * 440);
  return wav.toString('base64');
})();
