import fc from 'fast-check';
import type { Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { Blocks, type Block } from './blocks';

const SAMPLE = `# Weather

The **sky** is _clear_, see [the source](https://example.org/a_b) and \`code\`.
Second line with $a^2 + b^2$ and a price of $5 and $10.

- one
- two
  - inner

  more of two

1. first
2. second

| City | °C |
| :--- | ---: |
| Berlin | 21 |
| Paris | 19 |

\`\`\`ts
const x = 1;

// $$ not a formula
\`\`\`

$$
\\int_0^1 x^2 \\, dx

= \\frac{1}{3}
$$

> quoted
> text

Setext
---

    indented code

<div>raw</div>

Last \\(x\\) line.`;

const shape = (token: Token): unknown => ({ type: token.type, raw: token.raw.trimEnd() });
const shapes = (blocks: readonly Block[]) => blocks.map((block) => shape(block.token));
const whole = (text: string) => new Blocks().of(text, false);

describe('blocks of a text', () => {
  it('finds all kinds', () => {
    expect(whole(SAMPLE).map((block) => block.token.type)).toEqual(
      ['heading', 'paragraph', 'list', 'list', 'table', 'code', 'math', 'blockquote', 'heading', 'code', 'html', 'paragraph'],
    );
  });

  it('are the same however the text arrives', () => {
    const lines = fc.array(fc.constantFrom(...SAMPLE.split('\n'), '', '---', '```', '$$', '- x', '| a | b |', '|---|---|'), { maxLength: 25 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(900), { maxLength: 12 }), (chosen, cuts) => {
        const text = chosen.join('\n');
        const blocks = new Blocks();
        for (const cut of [...cuts].sort((a, b) => a - b)) blocks.of(text.slice(0, cut), true);
        expect(shapes(blocks.of(text, false))).toEqual(shapes(whole(text)));
      }),
      { numRuns: 400 },
    );
  });

  it('keep their identity once they cannot change', () => {
    const blocks = new Blocks();
    const first = blocks.of('One.\n\nTwo', true)[0];
    expect(blocks.of('One.\n\nTwo and more', true)[0]).toBe(first);
    expect(blocks.of('One.\n\nTwo and more\n\n- x', false)[0]).toBe(first);
  });

  it('close half-written marks while the text grows', () => {
    const blocks = new Blocks();
    const types = (text: string) => (blocks.of(text, true)[0]?.token as { tokens?: Token[] }).tokens?.map(({ type }) => type);
    expect(types('So **bo')).toEqual(['text', 'strong']);
    expect(types('So **bold** and `co')).toEqual(['text', 'strong', 'text', 'codespan']);
  });

  it('know that a block of code or a formula is open', () => {
    const blocks = new Blocks();
    expect(blocks.of('```ts\nconst a', true)[0]).toMatchObject({ open: true, token: { type: 'code', text: 'const a' } });
    expect(new Blocks().of('$$\nx = ', true)[0]).toMatchObject({ open: true, token: { type: 'math', open: true } });
    // A text that ends so has no formula.
    expect(whole('$$\nx = ')[0]?.token.type).toBe('paragraph');
  });

  it('take dollars for money where they can be', () => {
    const inline = (text: string) => (whole(text)[0]?.token as { tokens: Token[] }).tokens.map(({ type }) => type);
    expect(inline('It costs $5, or $10 for two.')).toEqual(['text']);
    expect(inline('With $x$ and \\(y\\).')).toEqual(['text', 'math', 'text', 'math', 'text']);
    expect(inline('Escaped \\$x\\$ is text.').includes('math')).toBe(false);
  });

  it('let names of links reach back at the end', () => {
    const blocks = new Blocks();
    blocks.of('See [it][1].\n\nMore.\n\n[1]: https://exa', true);
    const shown = blocks.of('See [it][1].\n\nMore.\n\n[1]: https://example.org', false);
    expect((shown[0]?.token as { tokens: Token[] }).tokens[1]).toMatchObject({ type: 'link', href: 'https://example.org' });
  });
});
