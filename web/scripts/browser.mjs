// A browser that is signed in at a hub, for the scripts that take pictures.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** `data` is the data directory of the hub: its token is there. What the page complains about is printed. */
export async function signedIn(address, data) {
  const token = (await readFile(join(data, 'token'), 'utf8')).trim();
  const api = async (path, method = 'GET', body = undefined) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${address}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { path: link } = await api('/sign-in', 'POST');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
  const page = await (await browser.newContext()).newPage();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  await page.goto(new URL(link, address).href);
  return { browser, page, api };
}

/** Theme and language of what is opened next. */
export const dress = (page, theme, language) =>
  page.evaluate(
    ([theme, language]) => {
      localStorage.setItem('jackfield.theme', theme);
      localStorage.setItem('jackfield.language', language);
    },
    [theme, language],
  );
