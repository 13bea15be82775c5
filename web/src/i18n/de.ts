import { byNamespace } from './bundle';
import common from './de.json';

export const resources = {
  common,
  ...byNamespace(import.meta.glob('../features/*/i18n.de.json', { eager: true, import: 'default' })),
};
