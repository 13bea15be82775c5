// Packs what was built, so that the hub serves it packed without packing at run time.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const worth = (file) => /\.(js|css|svg|json|txt)$/.test(file) && !file.startsWith('.');

for (const file of await readdir(dist, { recursive: true })) {
  if (!worth(file)) continue;
  const bytes = await readFile(new URL(file, dist));
  // Below a packet there is nothing to gain.
  if (bytes.length < 1000) continue;
  const brotli = await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  await writeFile(new URL(`${file}.br`, dist), brotli);
  await writeFile(new URL(`${file}.gz`, dist), await promisify(gzip)(bytes, { level: 9 }));
}
