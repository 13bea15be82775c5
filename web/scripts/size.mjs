// What a browser loads before the first page is drawn, and all chunks. Fails above the budget.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 200;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));

const sizes = new Map();
async function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
}

/** A chunk with all that it imports at once. */
function whole(key, into = new Set()) {
  const chunk = manifest[key];
  if (!chunk || into.has(chunk.file)) return into;
  into.add(chunk.file);
  for (const css of chunk.css ?? []) into.add(css);
  for (const imported of chunk.imports ?? []) whole(imported, into);
  return into;
}

const kb = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KB`;
const add = async (files) => (await Promise.all([...files].map(size))).reduce((sum, one) => sum + one, 0);

// The page, its texts in the heaviest language, and the worker that holds the connection.
const languages = Object.keys(manifest).filter((key) => /^src\/i18n\/(en|de|ar)\.ts$/.test(key));
const base = whole('index.html');
const texts = await Promise.all(languages.map((key) => add([...whole(key)].filter((file) => !base.has(file)))));
const own = await add(['index.html', 'theme.js']);
const first = (await add(base)) + own + Math.max(...texts);

const pages = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry && !languages.includes(key));
for (const key of pages) {
  const files = [...whole(key)].filter((file) => !base.has(file));
  console.log(`${kb(await add(files))}  ${key}`);
}
for (const file of base) console.log(`${kb(await size(file))}  ${file}`);
console.log(`${kb(first)}  first load (gzip), budget ${BUDGET_KB} KB`);
if (first > BUDGET_KB * 1024) {
  console.error('The first load is above its budget.');
  process.exit(1);
}
