// Pictures of pages, to look at: node scripts/look.mjs <hub or vite address> <data dir of the hub> <out dir> <path>...
// Options by environment: LANGS=en,ar THEMES=light,dark SIZES=1440x900,390x844 WAIT=800
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dress, signedIn } from './browser.mjs';

const [address, data, out, ...paths] = process.argv.slice(2);
const list = (name, otherwise) => (process.env[name] ?? otherwise).split(',');
await mkdir(out, { recursive: true });
const { browser, page } = await signedIn(address, data);

for (const size of list('SIZES', '1440x900,390x844')) {
  const [width, height] = size.split('x').map(Number);
  await page.setViewportSize({ width, height });
  for (const language of list('LANGS', 'en')) {
    for (const theme of list('THEMES', 'light,dark')) {
      await dress(page, theme, language);
      for (const path of paths) {
        await page.goto(address + path);
        await page.waitForTimeout(Number(process.env.WAIT ?? 800));
        const name = `${path.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'home'}-${width}-${theme}-${language}.png`;
        await page.screenshot({ path: join(out, name) });
        console.log(join(out, name));
      }
    }
  }
}
await browser.close();
