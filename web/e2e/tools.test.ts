import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { TestHub } from './hub';

describe('the tools of all servers', () => {
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

  it('are searched, and one is chosen before the list has followed the words', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools');
    const words = page.getByRole('searchbox', { name: 'Search by name or description' });
    const row = page.getByRole('link', { name: /plan_trip|Plan a trip/ });
    await row.waitFor();
    await words.fill('trip');
    await row.click();
    await page.waitForURL(/\/tools\/.+[?&]q=trip/);
    expect(await words.inputValue()).toBe('trip');
    await expect.poll(() => page.getByRole('link', { name: 'add', exact: false }).filter({ hasText: /^add/ }).count()).toBe(0);
    await page.goBack();
    await page.waitForURL(/\/tools(\?|$)/);
    await person.leave();
  });
});
