// Types from the committed document of the API. `--check` fails when they have drifted from it.
import openapiTS, { astToString } from 'openapi-typescript';
import { readFile, writeFile } from 'node:fs/promises';

const document = new URL('../../contract/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const ast = await openapiTS(document, { alphabetize: true, defaultNonNullable: false });
const text = `// Made by \`npm run types\` from contract/openapi.json. Do not edit.\n\n${astToString(ast)}`;

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '');
  if (committed !== text) {
    console.error('src/api/schema.d.ts has drifted from contract/openapi.json: run `npm run types`.');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
