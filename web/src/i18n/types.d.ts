import 'i18next';
import type backends from '@/features/backends/i18n.en.json';
import type chat from '@/features/chat/i18n.en.json';
import type inbox from '@/features/inbox/i18n.en.json';
import type markdown from '@/features/markdown/i18n.en.json';
import type questions from '@/features/questions/i18n.en.json';
import type runs from '@/features/runs/i18n.en.json';
import type schemaForm from '@/features/schema-form/i18n.en.json';
import type settings from '@/features/settings/i18n.en.json';
import type tools from '@/features/tools/i18n.en.json';
import type workflows from '@/features/workflows/i18n.en.json';
import type common from './en.json';

// Keys are checked by the compiler: a misspelt one does not build.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      common: typeof common;
      backends: typeof backends;
      chat: typeof chat;
      inbox: typeof inbox;
      markdown: typeof markdown;
      questions: typeof questions;
      runs: typeof runs;
      'schema-form': typeof schemaForm;
      settings: typeof settings;
      tools: typeof tools;
      workflows: typeof workflows;
    };
  }
}
