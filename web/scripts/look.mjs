// Pictures of pages, to look at: node scripts/look.mjs <hub or vite address> <data dir of the hub> <out dir> <path>...
// Options by environment: LANGS=en,ar THEMES=light,dark SIZES=1440x900,390x844 WAIT=800
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address, data, out, ...paths] = process.argv.slice(2);
const list = (name, otherwise) => (process.env[name] ?? otherwise).split(',');
await mkdir(out, { recursive: true });

const token = (await readFile(join(data, 'token'), 'utf8')).trim();
const answer = await fetch(`${address}/api/v1/sign-in`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
const { path: link } = await answer.json();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext();
const page = await context.newPage();
page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`console ${message.type()}: ${message.text()}`));
page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
await page.goto(address + link);

for (const size of list('SIZES', '1440x900,390x844')) {
  const [width, height] = size.split('x').map(Number);
  await page.setViewportSize({ width, height });
  for (const language of list('LANGS', 'en')) {
    for (const theme of list('THEMES', 'light,dark')) {
      await page.evaluate(([theme, language]) => {
        localStorage.setItem('jackfield.theme', theme);
        localStorage.setItem('jackfield.language', language);
      }, [theme, language]);
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
