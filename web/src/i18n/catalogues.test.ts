import { describe, expect, it } from 'vitest';

const files = import.meta.glob<Record<string, unknown>>(['./*.json', '../features/*/i18n.*.json'], {
  eager: true,
  import: 'default',
});

const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(texts: Record<string, unknown>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value as Record<string, unknown>, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const placeholders = (text: string) => [...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1]).sort();

const catalogues = new Map<string, Map<string, Map<string, string>>>();
for (const [path, texts] of Object.entries(files)) {
  const language = /(en|de|ar)\.json$/.exec(path)?.[1] ?? '';
  const name = path.startsWith('./') ? 'common' : (path.split('/').at(-2) ?? path);
  const languages = catalogues.get(name) ?? new Map<string, Map<string, string>>();
  catalogues.set(name, languages.set(language, flatten(texts)));
}

describe.each([...catalogues])('texts of %s', (_, languages) => {
  const english = languages.get('en') ?? new Map<string, string>();
  const stems = (texts: Map<string, string>) => [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();

  it.each(['de', 'ar'])('has the same keys in %s', (language) => {
    expect(stems(languages.get(language) ?? new Map<string, string>())).toEqual(stems(english));
  });

  it.each(['en', 'de', 'ar'])('has every plural form of %s', (language) => {
    const texts = languages.get(language) ?? new Map<string, string>();
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of [...english.keys()].filter((key) => PLURAL.test(key))) {
      const stem = key.replace(PLURAL, '');
      for (const category of wanted) expect(texts.has(`${stem}_${category}`), `${language}: ${stem}_${category}`).toBe(true);
    }
  });

  it.each(['de', 'ar'])('fills in the same things in %s', (language) => {
    for (const [key, text] of languages.get(language) ?? []) {
      const original = english.get(key) ?? english.get(key.replace(PLURAL, '_other'));
      // Some plural forms say the number in words.
      const free = PLURAL.test(key) ? ['count'] : [];
      const missing = placeholders(original ?? '').filter((name) => !placeholders(text).includes(name) && !free.includes(name ?? ''));
      expect(missing, `${language}: ${key}`).toEqual([]);
    }
  });

  it('has no empty text', () => {
    for (const texts of languages.values()) for (const [key, text] of texts) expect(text.trim(), key).not.toBe('');
  });
});
