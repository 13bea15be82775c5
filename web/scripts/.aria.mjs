import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
const [address, data, ...paths] = process.argv.slice(2);
const token = (await readFile(`${data}/token`, 'utf8')).trim();
const { path: link } = await (await fetch(`${address}/api/v1/sign-in`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).json();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await (await browser.newContext()).newPage();
await page.goto(address + link);
for (const p of paths) { await page.goto(address + p); await page.waitForTimeout(900); console.log('=====', p); console.log(await page.locator('main').first().ariaSnapshot()); }
await browser.close();
