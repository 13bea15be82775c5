import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { TestHub } from './hub';

// Where the one connection lives: in a SharedWorker, in the tab that leads, or in each tab.
const withoutWorker = () => {
  Reflect.deleteProperty(window, 'SharedWorker');
};
const withoutLocks = () => {
  Reflect.deleteProperty(window, 'SharedWorker');
  Reflect.deleteProperty(Navigator.prototype, 'locks');
};

describe('the event connection', () => {
  let browser: Browser;
  let hub: TestHub;
  const streams = () => hub.figure('jackfield_http_streams');
  const soon = { timeout: 20_000 };
  beforeAll(async () => {
    browser = await launch();
    hub = await TestHub.start();
  });
  afterAll(async () => {
    await browser.close();
    await hub.stop();
  });

  it('is one without SharedWorker too, and passes on when the leading tab is closed', async () => {
    const person = await Person.come(browser, hub);
    await person.context.addInitScript(withoutWorker);
    const first = await person.open(hub, '/backends');
    const others = await Promise.all([1, 2, 3].map(() => person.open(hub, '/backends')));
    await Promise.all(others.map((page) => page.getByRole('link', { name: 'demo-n8n' }).waitFor()));
    await expect.poll(streams, soon).toBe(1);
    await first.close();
    await expect.poll(streams, soon).toBe(1);
    // News still come, sooner than the page looks by itself: a backend that is switched off is seen so in all tabs.
    await hub.call('PATCH', '/api/v1/backends/demo-sim', { enabled: false });
    await Promise.all(others.map((page) => page.getByText('Switched off').first().waitFor({ timeout: 5000 })));
    await hub.call('PATCH', '/api/v1/backends/demo-sim', { enabled: true });
    await person.leave();
    await expect.poll(streams, soon).toBe(0);
  });

  it('is one for each tab where the browser has nothing to share it with', async () => {
    const person = await Person.come(browser, hub);
    await person.context.addInitScript(withoutLocks);
    await Promise.all([1, 2].map(() => person.open(hub, '/backends')));
    await expect.poll(streams, soon).toBe(2);
    await person.leave();
    await expect.poll(streams, soon).toBe(0);
  });

  it('goes when the last tab has gone, and comes back with the way back', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends');
    await expect.poll(streams, soon).toBe(1);
    await page.goto('about:blank');
    await expect.poll(streams, soon).toBe(0);
    await page.goBack();
    await page.getByRole('link', { name: 'demo-n8n' }).waitFor();
    await expect.poll(streams, soon).toBe(1);
    await person.leave();
  });
});
