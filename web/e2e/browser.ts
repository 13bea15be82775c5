import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { TestHub } from './hub';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });

/** A browser profile that notes what must never happen. */
export class Person {
  readonly context: BrowserContext;
  /** Errors on the console, what the page's policy blocked, and requests to anybody but the hub. */
  readonly faults: string[] = [];

  private constructor(context: BrowserContext) {
    this.context = context;
  }

  static async come(browser: Browser, hub: TestHub, options: BrowserContextOptions = {}): Promise<Person> {
    const person = new Person(await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options }));
    // Also when the test fails: others count the hub's connections.
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') await person.#leaveWitness(task.name);
      await person.context.close();
    });
    await person.context.addInitScript(() => {
      // eslint-disable-next-line no-console -- the way out of the page that is listened to
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    person.context.on('console', (message) => message.type() === 'error' && person.#note(`console: ${message.text()}`));
    person.context.on('weberror', (error) => person.#note(`uncaught: ${error.error().message}`));
    person.context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== new URL(hub.url).origin) person.#note(`foreign request: ${request.url()}`);
    });
    return person;
  }

  /** Opens a tab, signed in. */
  async open(hub: TestHub, path = '/'): Promise<Page> {
    const page = await this.context.newPage();
    const cookies = await this.context.cookies(hub.url);
    if (cookies.length === 0) await page.goto(await hub.signInLink());
    await page.goto(hub.url + path);
    return page;
  }

  /** Nothing happened that must not; then leaves. `allowed`: what the test itself brought about. */
  async leave(allowed?: RegExp): Promise<void> {
    await this.context.close();
    expect(this.faults.filter((fault) => !allowed?.test(fault))).toEqual([]);
  }

  /** What a failed test looked like, in `target/e2e-failed`. */
  async #leaveWitness(test: string): Promise<void> {
    const folder = fileURLToPath(new URL('../../target/e2e-failed', import.meta.url));
    await mkdir(folder, { recursive: true });
    for (const [index, page] of this.context.pages().entries()) {
      const name = join(folder, `${test.replaceAll(/\W+/g, '-').slice(0, 80)}-${index}`);
      await page.screenshot({ path: `${name}.png` }).catch(() => undefined);
      const seen = await page.locator('body').ariaSnapshot().catch(String);
      await writeFile(`${name}.txt`, [page.url(), ...this.faults, seen].join('\n'));
    }
  }

  #note(fault: string): void {
    this.faults.push(fault);
  }
}

/** What the browser itself says of a hub that is away. */
export const HUB_AWAY = /ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_NETWORK|Failed to load resource: net::|502|503/;
