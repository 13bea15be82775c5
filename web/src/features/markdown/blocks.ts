import { Lexer, Marked, type Links, type Token } from 'marked';
import remend from 'remend';
import { blockMath, growing, inlineMath } from './math-rules';

/** One piece of a text at its top level: a paragraph, a list, a block of code … */
export interface Block {
  /** Where it begins in the text: stays when the text grows. */
  at: number;
  token: Token;
  /** Its end has not come yet. */
  open: boolean;
}

// Formulas are known only to this instance; `marked` itself stays as it is.
const { defaults } = new Marked({ gfm: true, extensions: [blockMath, inlineMath] });

const isSomething = (token: Token): boolean => token.type !== 'space';

function lex(text: string, links: Links, grows: boolean): Token[] {
  const lexer = new Lexer(defaults);
  lexer.tokens.links = links;
  growing.now = grows;
  try {
    return lexer.lex(text);
  } finally {
    growing.now = false;
  }
}

/**
 * Cuts a text that grows at its end into blocks. What lies before the last block can no longer change and is never
 * read again, so a step costs as much as the last block is long, not the text. Blocks that did not change keep
 * their identity.
 */
export class Blocks {
  #text = '';
  #grows = true;
  /** Behind the blocks that cannot change any more. */
  #settledTo = 0;
  #settled: Block[] = [];
  #links: Links = {};
  #shown: readonly Block[] = [];

  /** The blocks of a text; `grows`: more of it is to come. */
  of(whole: string, grows: boolean): readonly Block[] {
    const text = whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole;
    if (text === this.#text && grows === this.#grows) return this.#shown;
    // At the end, names of links that came after their use must reach the blocks before them.
    const late = !grows && this.#grows && Object.keys(this.#links).length > 0;
    if (late || !text.startsWith(this.#text)) this.#forget();
    this.#text = text;
    this.#grows = grows;
    this.#read(text, grows);
    return this.#shown;
  }

  #forget(): void {
    this.#settledTo = 0;
    this.#settled = [];
    this.#links = {};
  }

  #read(text: string, grows: boolean): void {
    const tail = text.slice(this.#settledTo);
    const tokens = lex(tail, this.#links, grows);
    const last = tokens.findLastIndex(isSomething);
    // What begins like a formula may turn out to belong to the paragraph before it.
    const sure = tokens[last]?.type === 'math' ? tokens.slice(0, last).findLastIndex(isSomething) : last;
    let at = this.#settledTo;
    const open: Block[] = [];
    for (const [n, token] of tokens.entries()) {
      if (isSomething(token)) {
        if (n < sure) this.#settled.push({ at, token, open: false });
        else if (n === last && grows) open.push(...this.#unfinished(at, token));
        else open.push({ at, token, open: false });
      }
      at += token.raw.length;
      if (n < sure) this.#settledTo = at;
    }
    this.#shown = [...this.#settled, ...open];
  }

  /** The last block while it grows: half-written marks are closed, so that they do not show as signs. */
  #unfinished(at: number, token: Token): Block[] {
    if (token.type === 'code' || token.type === 'math' || token.type === 'html') return [{ at, token, open: true }];
    const mended = remend(token.raw, { linkMode: 'text-only' });
    if (mended === token.raw) return [{ at, token, open: true }];
    return lex(mended, this.#links, true)
      .filter(isSomething)
      .map((one, n) => ({ at: at + n, token: one, open: true }));
  }
}
