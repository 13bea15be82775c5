import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frames';

const stream = [
  ': jackfield\nretry: 1000\n\n',
  'event: run\ndata: {"type":"run"}\n\n',
  ': keep-alive\n\n',
  'id: a@1 b@2\nevent: run_event\ndata: {"text":"x\\n\\ny: z"}\n\n',
  'data: one\ndata: two\n\n',
].join('');

const frames = [
  { event: 'run', data: '{"type":"run"}', id: undefined },
  { event: 'run_event', data: '{"text":"x\\n\\ny: z"}', id: 'a@1 b@2' },
  { event: 'message', data: 'one\ntwo', id: undefined },
];

describe('frames of an event stream', () => {
  it('are the same in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 })), (cuts) => {
        const reader = new FrameReader();
        const ends = [...new Set(cuts)].sort((a, b) => a - b);
        const pieces = [0, ...ends].map((begin, at) => stream.slice(begin, ends[at] ?? stream.length));
        expect(pieces.flatMap((piece) => reader.push(piece))).toEqual(frames);
      }),
    );
  });

  it('are not given before they are whole', () => {
    const reader = new FrameReader();
    expect(reader.push('event: run\ndata: {}\n')).toEqual([]);
    expect(reader.push('\n')).toHaveLength(1);
  });
});
