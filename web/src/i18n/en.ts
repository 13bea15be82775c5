import { byNamespace } from './bundle';
import common from './en.json';

export const resources = {
  common,
  ...byNamespace(import.meta.glob('../features/*/i18n.en.json', { eager: true, import: 'default' })),
};
