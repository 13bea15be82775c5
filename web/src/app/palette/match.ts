import type { Command } from '@/lib/commands';

/** What only keywords and group say counts less than what the title does, and more than loose letters of it. */
const BESIDE = 1.5;

const plain = (text: string) => text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/** How well a title fits: 0 not at all; the beginning of a word is better than its middle, and that than loose letters. */
function score(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  if (at === 0) return 4;
  if (at > 0) return text[at - 1] === ' ' ? 3 : 2;
  let from = 0;
  for (const letter of wanted) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}

/** The commands that fit, best first. Every word must fit somewhere. */
export function matching(commands: readonly Command[], search: string): Command[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  const rated = commands.map((command) => {
    const [title, rest] = [plain(command.title), plain(`${command.keywords ?? ''} ${command.group}`)];
    const scores = words.map((word) => Math.max(score(title, word), rest.includes(word) ? BESIDE : 0));
    return { command, rating: scores.includes(0) ? 0 : scores.reduce((sum, one) => sum + one, 0) };
  });
  return rated
    .filter(({ rating }) => rating > 0)
    .sort((a, b) => b.rating - a.rating)
    .map(({ command }) => command);
}
