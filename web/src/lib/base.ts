/** The path under which the hub is served: empty, or `/jackfield`. The hub writes it into index.html. */
export const basePath: string =
  typeof document === 'undefined'
    ? ''
    : (document.querySelector<HTMLMetaElement>('meta[name="jackfield-base"]')?.content ?? '');

/** A path of the hub with the base path in front. */
export const hubPath = (path: string): string => `${basePath}${path}`;
