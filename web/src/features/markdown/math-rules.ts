import type { TokenizerExtension, Tokens } from 'marked';

/** A formula in TeX. `open`: its end has not come yet. */
export interface MathToken extends Tokens.Generic {
  type: 'math';
  text: string;
  display: boolean;
  open: boolean;
}

/** While a text grows, a formula at its end may be unfinished; in a finished text it is just text. */
export const growing = { now: false };

const BLOCKS: readonly [open: string, close: string][] = [
  ['$$', '$$'],
  ['\\[', '\\]'],
];

/** `$$ … $$` and `\[ … \]` that stand by themselves. */
export const blockMath: TokenizerExtension = {
  name: 'blockMath',
  level: 'block',
  start: (src) => {
    const at = src.search(/^ {0,3}(\$\$|\\\[)/m);
    return at < 0 ? undefined : at;
  },
  tokenizer(src): MathToken | undefined {
    const indent = /^ {0,3}/.exec(src)?.[0].length ?? 0;
    for (const [open, close] of BLOCKS) {
      if (!src.startsWith(open, indent)) continue;
      const from = indent + open.length;
      const to = src.indexOf(close, from);
      if (to < 0) return growing.now ? math(src, src.slice(from), true, true) : undefined;
      const rest = /^[ \t]*(?:\n|$)/.exec(src.slice(to + close.length));
      const text = src.slice(from, to);
      if (!rest || text.trim() === '') return undefined;
      return math(src.slice(0, to + close.length + rest[0].length), text, true, false);
    }
    return undefined;
  },
};

/**
 * `$…$`, `$$…$$`, `\(…\)` and `\[…\]` in a line. A single dollar is a formula only where it cannot be money: no space
 * inside the dollars, no figure behind them.
 */
export const inlineMath: TokenizerExtension = {
  name: 'inlineMath',
  level: 'inline',
  start: (src) => {
    const at = src.search(/\$|\\[([]/);
    return at < 0 ? undefined : at;
  },
  tokenizer(src): MathToken | undefined {
    const display = /^\$\$((?:[^$\\]|\\.)+)\$\$/s.exec(src) ?? /^\\\[(.+?)\\\]/s.exec(src);
    if (display?.[1]?.trim()) return math(display[0], display[1], true, false);
    const inline = /^\\\((.+?)\\\)/s.exec(src) ?? /^\$(?![\s$])((?:[^$\\\n]|\\.)+?)(?<![\s\\])\$(?![\d$])/.exec(src);
    return inline?.[1]?.trim() ? math(inline[0], inline[1], false, false) : undefined;
  },
};

const math = (raw: string, text: string, display: boolean, open: boolean): MathToken => ({
  type: 'math',
  raw,
  text: text.trim(),
  display,
  open,
});
