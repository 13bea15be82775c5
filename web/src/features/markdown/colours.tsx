import { createLowlight } from 'lowlight';
import bash from 'highlight.js/lib/languages/bash';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import http from 'highlight.js/lib/languages/http';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import type { ReactNode } from 'react';
import './colours.css';

const lowlight = createLowlight({
  bash, css, diff, dockerfile, go, http, ini, java, javascript, json, markdown, php, python, ruby, rust, sql, typescript, xml, yaml,
});
lowlight.registerAlias({ bash: ['sh', 'shell', 'zsh', 'console'], ini: ['toml', 'env'], xml: ['html', 'svg', 'vue'], json: ['jsonc', 'json5', 'jsonl'] });

interface Node {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: Node[];
}

export const knows = (language: string): boolean => language !== '' && lowlight.registered(language.toLowerCase());

let last: { code: string; language: string; drawn: ReactNode }[] = [];

/** Code as elements with classes; the latest few are kept, because a growing block asks for the same again and again. */
export function coloured(code: string, language: string): ReactNode {
  const known = last.find((one) => one.code === code && one.language === language);
  if (known) return known.drawn;
  const drawn = lowlight.highlight(language.toLowerCase(), code).children.map(element);
  last = [{ code, language, drawn }, ...last.slice(0, 7)];
  return drawn;
}

function element(node: Node, key: number): ReactNode {
  if (node.type === 'text') return node.value;
  const names = node.properties?.className;
  return (
    <span key={key} className={Array.isArray(names) ? names.join(' ') : undefined}>
      {node.children?.map(element)}
    </span>
  );
}
