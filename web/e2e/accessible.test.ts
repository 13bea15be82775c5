import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { TestHub } from './hub';

const PATHS = ['/chat', '/runs', '/backends', '/backends?add=true', '/backends?add=n8n', '/tools', '/inbox', '/settings'];

describe('every page', () => {
  let browser: Browser;
  let hub: TestHub;
  beforeAll(async () => {
    browser = await launch();
    hub = await TestHub.start();
  });
  afterAll(async () => {
    await browser.close();
    await hub.stop();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of PATHS) {
      it(`is accessible: ${path} in ${colorScheme}`, async () => {
        const person = await Person.come(browser, hub, { colorScheme, reducedMotion: 'reduce' });
        const page = await person.open(hub, path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForTimeout(700);
        await accessible(page);
        await person.leave();
      });
    }
  }
});
