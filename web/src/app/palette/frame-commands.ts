import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { languages, setLanguage, type Language } from '@/i18n';
import { useCommands, type Command } from '@/lib/commands';
import { setTheme, type Theme } from '@/lib/theme';
import { sections } from '../shell/sections';
import { openPalette, openShortcuts } from './state';

const THEMES = { system: 'theme.toSystem', light: 'theme.toLight', dark: 'theme.toDark' } as const;

/** What can be done everywhere. */
export function useFrameCommands(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = sections.map(
    ({ key, to, keys }): Command => ({
      id: `go.${key}`,
      title: t(`nav.${key}`),
      group: t('palette.go'),
      keys,
      run: () => void navigate({ to }),
    }),
  );
  const themes = Object.entries(THEMES).map(
    ([theme, title]): Command => ({
      id: `theme.${theme}`,
      title: t(title),
      group: t('palette.view'),
      run: () => setTheme(theme as Theme),
    }),
  );
  const tongues = Object.entries(languages).map(
    ([language, name]): Command => ({
      id: `language.${language}`,
      title: name,
      group: t('palette.view'),
      keywords: t('language'),
      run: () => void setLanguage(language as Language),
    }),
  );
  useCommands([
    ...go,
    { id: 'runs.new', title: t('palette.newRun'), group: t('nav.runs'), run: () => void navigate({ to: '/runs', search: { new: true } }) },
    { id: 'palette', title: t('palette.open'), group: t('palette.view'), keys: 'mod+k', hidden: true, run: openPalette },
    { id: 'shortcuts', title: t('shortcuts.open'), group: t('palette.view'), keys: '?', run: openShortcuts },
    ...themes,
    ...tongues,
  ]);
}
