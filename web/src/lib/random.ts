/** A name that nobody else has; also where the page came by plain HTTP, which has no `randomUUID`. */
export const randomName = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
