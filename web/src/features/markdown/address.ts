import { hubPath } from '@/lib/base';

const BLOB = /^\/api\/v1\/blobs\/[\w-]+(\?[\w=&.%-]*)?$/;

/** Where a link of a peer's text may lead; `undefined`: nowhere. */
export function addressOf(href: string): string | undefined {
  if (BLOB.test(href)) return hubPath(href);
  return /^(https?:\/\/|mailto:)/i.test(href.trim()) ? href.trim() : undefined;
}

/** A picture that needs no other server; `undefined`: it is not shown. */
export function imageOf(href: string): string | undefined {
  if (BLOB.test(href)) return hubPath(href);
  return /^data:image\/(png|jpe?g|gif|webp|avif);base64,[\w+/=]+$/i.test(href) ? href : undefined;
}
