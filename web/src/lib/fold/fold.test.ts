import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, Fold, traceOf, treeOf, type Transcript } from '.';
import * as s from './samples';

// The cases of crates/protocol/src/event/fold_tests.rs, so that page and hub tell the same of a log.

const fold = (drafts: s.Draft[]): Transcript => Fold.of(s.stamped(drafts)).view();
const ids = (transcript: Transcript) => traceOf(transcript.steps).map((step) => step.id);
const step = (transcript: Transcript, id: string) => transcript.steps.find((one) => one.id === id);
const message = (transcript: Transcript, id: string) => transcript.messages.find((one) => one.id === id);
const answer = (transcript: Transcript) => answerOf(transcript).map((one) => one.text).join('');
const inferred = (id: string, parent?: string) => s.stepStart(id, parent, { inferred: true, kind: 'tool' });

describe('the fold', () => {
  it('makes messages of deltas', () => {
    const transcript = fold([
      s.start(),
      s.delta('m', 'text', 'a'),
      s.delta('n', 'text', 'b'),
      s.delta('m', 'reasoning', 'r'),
      s.delta('m', 'log', 'l'),
      s.delta('m', 'text', 'c'),
    ]);
    expect(message(transcript, 'm')).toMatchObject({ text: 'ac', reasoning: 'r', log: 'l' });
    expect(answer(transcript)).toBe('acb');
  });

  it('takes as the answer what done names, in its order', () => {
    const messages = [s.start(), s.delta('a', 'text', '1'), s.delta('b', 'text', '2')];
    expect(answer(fold([...messages, s.done({ answer: ['b', 'a'] })]))).toBe('21');
    const transcript = fold([...messages, s.delta('c', 'text', '3', 'a')]);
    expect(answer(transcript)).toBe('23');
    expect(message(transcript, 'a')?.superseded).toBe(true);
  });

  it('makes arguments the input of their tool call', () => {
    const events = s.stamped([
      s.start(),
      s.toolStart('t'),
      s.toolStart('u'),
      s.args('t', '{"a"'),
      s.args('u', '{"a'),
      s.args('t', ':1}'),
    ]);
    const folding = Fold.of(events);
    expect(step(folding.view(), 't')?.input_text).toBe('{"a":1}');
    expect(folding.view().messages).toEqual([]);
    for (const event of s.stamped([s.toolEnd('t'), s.toolEnd('u')], 7)) folding.apply(event);
    expect(step(folding.view(), 't')).toMatchObject({ input: { a: 1 }, input_text: '' });
    expect(step(folding.view(), 'u')?.input).toBeUndefined();
    expect(step(folding.view(), 'u')?.input_text).toBe('{"a');
  });

  it('never takes the difference of two clocks for a duration', () => {
    const begin = s.stepStart('a', undefined, { started_at: s.time(-3_600_000) });
    const transcript = fold([s.start(), begin, s.delta('m', 'text', 'x'), s.stepEnd('a')]);
    expect(step(transcript, 'a')).toMatchObject({ peer_times: true, started_at: s.time(-3_600_000), duration_ms: 20 });
  });

  it('lets true times replace our own', () => {
    const end = s.stepEnd('a', { started_at: s.time(3), duration_ms: 4, order: 9 });
    expect(step(fold([s.start(), s.stepStart('a'), end]), 'a')).toMatchObject({
      started_at: s.time(3),
      duration_ms: 4,
      order: 9,
      peer_times: true,
    });
  });

  it('bounds the figures of a hostile peer', () => {
    const most = 2 ** 64;
    const transcript = fold([s.start(), s.usage(most, 1), s.usage(most, 1)]);
    expect(transcript.usage).toMatchObject({ input_tokens: most, output_tokens: 2 });
  });

  it('completes a provisional end by the one that follows', () => {
    const early = s.stepEnd('a', { provisional: true, duration_ms: 7 });
    const late = s.stepEnd('a', { output: 4, duration_ms: 7 });
    const first = step(fold([s.start(), s.stepStart('a'), early]), 'a');
    expect(first).toMatchObject({ provisional: true, status: 'succeeded' });
    expect(first?.output).toBeUndefined();
    const both = step(fold([s.start(), s.stepStart('a'), early, late]), 'a');
    expect(both).toMatchObject({ provisional: false, output: 4, duration_ms: 7 });
  });

  it('knows where a run stands', () => {
    const link = (state: 'lost' | 'recovered'): s.Draft => ({ type: 'link', data: { state, attempt: 1 } });
    const drafts = [s.start(), s.question('q'), s.resolved('q'), link('lost'), link('recovered'), s.done()];
    const statuses = drafts.map((_, at) => fold(drafts.slice(0, at + 1)).status);
    expect([fold([]).status, ...statuses]).toEqual(['queued', 'running', 'waiting', 'running', 'recovering', 'running', 'failed']);
    expect(fold(drafts).resolved).toHaveLength(1);
  });
});

describe('the trace', () => {
  it('has parents before children, and siblings in order', () => {
    const transcript = fold([
      s.start(),
      s.stepStart('late', 'unknown'),
      s.stepStart('b', 'root', { order: 2 }),
      s.stepStart('a', 'root', { order: 1 }),
      s.toolStart('tool', 'a'),
      s.stepStart('root', undefined, { order: 0 }),
    ]);
    expect(ids(transcript)).toEqual(['root', 'a', 'tool', 'b', 'late']);
    expect(treeOf(transcript.steps).map((node) => node.depth)).toEqual([0, 1, 2, 1, 0]);
  });

  it('leaves an inferred step out when the peer has told, and moves its children up', () => {
    const drafts = [s.start(), s.stepStart('agent'), inferred('gap', 'agent'), s.stepStart('in', 'gap')];
    expect(ids(fold(drafts))).toEqual(['agent', 'gap', 'in']);
    expect(ids(fold([...drafts, s.toolStart('told', 'agent')]))).toEqual(['agent', 'in', 'told']);
  });

  it('loses no step to parents in a ring', () => {
    expect(ids(fold([s.start(), s.stepStart('a', 'b'), s.stepStart('b', 'a'), s.stepStart('c', 'c')]))).toEqual(['c', 'a', 'b']);
  });
});

/** Logs by chance. Not all of them keep the grammar; the fold must bear them all the same. */
const someLog = fc
  .array(fc.tuple(fc.nat(9), fc.nat(3), fc.nat(3)), { maxLength: 60 })
  .map((moves) => {
    const seen = new Set<string>();
    const drafts = moves.flatMap(([kind, a, b]): s.Draft[] => {
      const [id, other] = [`i${a}`, `i${b}`];
      const fresh = !seen.has(id);
      if (kind === 0 || kind === 2) {
        if (!fresh) return [];
        seen.add(id);
        return [kind === 0 ? s.stepStart(id, other) : s.toolStart(id, other)];
      }
      const others: s.Draft[] = [
        s.stepEnd(id),
        s.toolEnd(id),
        s.delta(id, 'text', other),
        s.delta(id, 'reasoning', 'hm '),
        s.args(id, '{}'),
        s.delta(id, 'text', 'new', other),
        s.question(id),
        s.resolved(id),
        s.usage(1, 2),
      ];
      return [others[kind % others.length] ?? s.usage(1, 1)];
    });
    return s.stamped([s.start(), ...drafts]);
  });

describe('any log', () => {
  it('folds to the same in pieces and with repeats', () => {
    fc.assert(
      fc.property(someLog, fc.array(fc.nat(), { maxLength: 20 }), (events, repeats) => {
        const whole = Fold.of(events).view();
        const repeated = new Fold();
        events.forEach((event, at) => {
          repeated.apply(event);
          for (const again of repeats) {
            const known = events[again % (at + 1)];
            if (known) repeated.apply(known);
          }
          // A look in between changes nothing.
          repeated.view();
        });
        expect(repeated.view()).toEqual(whole);
      }),
    );
  });

  it('keeps the identity of what did not change', () => {
    fc.assert(
      fc.property(someLog, (events) => {
        const folding = new Fold();
        let before = folding.view();
        for (const event of events) {
          folding.apply(event);
          const after = folding.view();
          if (event.type !== 'delta') expect(after.messages).toBe(before.messages);
          const changed = after.messages.filter((one, at) => one !== before.messages[at]);
          expect(changed.length).toBeLessThanOrEqual(2);
          expect(after.steps.filter((one, at) => one !== before.steps[at]).length).toBeLessThanOrEqual(1);
          before = after;
        }
      }),
    );
  });

  it('has every step once in its trace', () => {
    fc.assert(
      fc.property(someLog, (events) => {
        const { steps } = Fold.of(events).view();
        const real = steps.filter((one) => !one.inferred);
        expect(traceOf(real).map((one) => one.id).sort()).toEqual(real.map((one) => one.id).sort());
      }),
    );
  });
});
