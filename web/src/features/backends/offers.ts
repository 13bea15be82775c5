import type { Backend } from '@/api/types';

/** How much a backend offered at its last discovery. */
export function offersOf(backend: Backend): Record<'workflows' | 'tools' | 'resources' | 'prompts', number> {
  const told = backend.peer?.capabilities;
  const count = (name: string) => {
    const value: unknown = typeof told === 'object' && told !== null ? (told as Record<string, unknown>)[name] : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return { workflows: count('workflows'), tools: count('tools'), resources: count('resources') + count('resource_templates'), prompts: count('prompts') };
}
