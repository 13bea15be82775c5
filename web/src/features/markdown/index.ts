export { Markdown, type MarkdownProps } from './markdown';
export { CodeView } from './code-view';
