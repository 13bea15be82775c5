let area: HTMLTextAreaElement | undefined;

/** `&amp;` → `&`: Markdown may hold the names that HTML has for signs. The text inside a textarea is never markup. */
export function decoded(text: string): string {
  if (!/&#?\w+;/.test(text)) return text;
  area ??= document.createElement('textarea');
  area.innerHTML = text.replaceAll('<', '&lt;');
  return area.value;
}
