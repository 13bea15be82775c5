import { describe, expect, it } from 'vitest';
import type { Command } from '@/lib/commands';
import { matching } from './match';

const command = (title: string, keywords = ''): Command => ({ id: title, title, keywords, group: 'Go to', run: () => undefined });
const titles = (search: string, ...commands: Command[]) => matching(commands, search).map(({ title }) => title);

describe('the palette', () => {
  it('prefers the beginning of a name, then of a word, then what is inside', () => {
    expect(titles('run', command('Prune'), command('Show runs'), command('Runs'))).toEqual(['Runs', 'Show runs', 'Prune']);
  });

  it('wants every word, in any order, and looks at keywords too', () => {
    expect(titles('dark theme', command('Theme: dark'), command('Theme: light'))).toEqual(['Theme: dark']);
    expect(titles('n8n', command('home', 'n8n'), command('work', 'flowise'))).toEqual(['home']);
  });

  it('prefers a name to a keyword', () => {
    expect(titles('agent', command('branch', 'agentflow'), command('Weather agent'))).toEqual(['Weather agent', 'branch']);
  });

  it('does not mind accents and capitals', () => {
    expect(titles('LAUFE', command('Läufe'))).toEqual(['Läufe']);
  });

  it('shows all as long as nothing is looked for', () => {
    expect(titles(' ', command('a'), command('b'))).toEqual(['a', 'b']);
  });
});
