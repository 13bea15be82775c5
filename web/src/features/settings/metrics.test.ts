import { expect, it } from 'vitest';
import { samplesOf, valueOf } from './metrics';

it('reads figures with and without labels', () => {
  const samples = samplesOf('# HELP a b\n# TYPE a gauge\na 3\nb_total{outcome="failed",why="say \\"no\\""} 1.5\n\nrubbish\n');
  expect(samples).toEqual([
    { name: 'a', labels: {}, value: 3 },
    { name: 'b_total', labels: { outcome: 'failed', why: 'say "no"' }, value: 1.5 },
  ]);
  expect(valueOf(samples, 'a')).toBe(3);
  expect(valueOf(samples, 'c')).toBeUndefined();
});
