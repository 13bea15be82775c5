import { createElement, type ReactNode } from 'react';
import temml from 'temml';
import 'temml/dist/Temml-Local.css';
import './formula.css';

/** The tree that the library makes, as far as it is used here. */
interface MathNode {
  type?: string;
  text?: string;
  attributes?: Record<string, string | number | boolean>;
  classes?: string[];
  style?: Record<string, string>;
  children?: MathNode[];
}

/**
 * Draws TeX as MathML, which browsers set by themselves: no fonts of its own. The library's own ways to draw write
 * style attributes, which the page's policy forbids; so its tree becomes elements here, and styles go through the DOM.
 */
export function drawFormula(tex: string, display: boolean): ReactNode {
  try {
    const options = { displayMode: display, throwOnError: true, strict: false, trust: false, maxExpand: 300, macros: {} };
    return elementOf(temml.__renderToMathMLTree(tex, options) as MathNode, 0);
  } catch {
    return undefined;
  }
}

function elementOf(node: MathNode, key: number): ReactNode {
  const children = node.children?.map(elementOf) ?? [];
  if (node.text !== undefined && !node.type) return node.text;
  if (!node.type) return children;
  const { style: written, ...attributes } = node.attributes ?? {};
  const style = { ...declarations(written), ...node.style };
  const className = node.classes?.filter(Boolean).join(' ') || undefined;
  return createElement(node.type, { key, ...attributes, className, style }, ...children);
}

/** `text-align: left;` → `{ textAlign: 'left' }`. */
function declarations(text: unknown): Record<string, string> {
  if (typeof text !== 'string') return {};
  const pairs = text.split(';').map((one) => one.split(':').map((part) => part.trim()));
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => (name && value ? [[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), value]] : [])),
  );
}
