import { byNamespace } from './bundle';
import common from './ar.json';

export const resources = {
  common,
  ...byNamespace(import.meta.glob('../features/*/i18n.ar.json', { eager: true, import: 'default' })),
};
