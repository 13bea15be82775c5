import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { recall, remember } from '@/lib/storage';

export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;
export type Language = keyof typeof languages;

// One chunk for each language, with the texts of all features.
const loaders = {
  en: () => import('./en'),
  de: () => import('./de'),
  ar: () => import('./ar'),
};

const isLanguage = (text: string): text is Language => text in languages;

function preferred(): Language {
  const wanted = [recall('language') ?? '', ...navigator.languages];
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

async function load(language: Language): Promise<void> {
  const { resources } = await loaders[language]();
  for (const [namespace, texts] of Object.entries(resources)) {
    i18next.addResourceBundle(language, namespace, texts);
  }
}

function orient(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

/** Before the first render. */
export async function startI18n(): Promise<void> {
  const language = preferred();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    // The catalogues are whole in every language (a test checks it) and React escapes.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    resources: {},
  });
  await load(language);
  orient(language);
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  remember('language', language);
  await i18next.changeLanguage(language);
  orient(language);
}
