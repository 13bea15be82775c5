import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HUB_AWAY, launch, Person } from './browser';
import { TestHub } from './hub';

const SECTIONS = ['Chat', 'Runs', 'Backends', 'Tools', 'Inbox', 'Settings'];

describe('the frame', () => {
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

  it('explains how to sign in, and a link does it', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.context.newPage();
    await page.goto(`${hub.url}/runs`);
    await page.getByRole('heading', { name: 'Sign in to this hub' }).waitFor();
    // In another tab: this one goes on by itself.
    await person.open(hub);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await person.leave(/401/);
  });

  it('goes everywhere by keys alone', async () => {
    const person = await Person.come(browser, hub);
    // Not from the chat: there the keys are typed into the message.
    const page = await person.open(hub, '/settings');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    for (const [keys, name] of [['gr', 'Runs'], ['gb', 'Backends'], ['gt', 'Tools'], ['gi', 'Inbox'], ['gs', 'Settings']] as const) {
      for (const key of keys) await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type('backends');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Backends' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await person.leave();
  });

  it('keeps theme and language, and turns around for Arabic', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/settings');
    await choose(page, 'Theme: dark');
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    await choose(page, 'العربية');
    await page.getByRole('heading', { level: 1, name: 'الإعدادات' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'الإعدادات' }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.dataset.theme])).toEqual(['rtl', 'dark']);
    await person.leave();
  });

  it('fits a phone', async () => {
    const person = await Person.come(browser, hub, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    const page = await person.open(hub);
    for (const name of SECTIONS) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).tap();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(360);
    }
    await person.leave();
  });

  it('works under a base path, deep links included', async () => {
    const under = await TestHub.start({ base: '/tools/hub' });
    const person = await Person.come(browser, under);
    const page = await person.open(under, '/backends');
    await page.getByRole('link', { name: 'demo-n8n' }).click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/tools\/hub\/backends\/[0-9a-f-]{36}$/);
    await person.leave();
    await under.stop();
  });

  it('takes one connection for twelve tabs', async () => {
    const person = await Person.come(browser, hub);
    const pages = await Promise.all(Array.from({ length: 12 }, () => person.open(hub, '/settings')));
    await Promise.all(pages.map((page) => page.getByRole('heading', { level: 1 }).waitFor()));
    await expect.poll(() => streams(hub), { timeout: 15_000 }).toBe(1);
    await person.leave();
    await expect.poll(() => streams(hub), { timeout: 30_000 }).toBe(0);
  });

  it('says quietly that the hub is away, and heals by itself', async () => {
    const own = await TestHub.start();
    const person = await Person.come(browser, own);
    const page = await person.open(own, '/backends');
    await page.getByRole('link', { name: 'demo-n8n' }).waitFor();
    await own.kill();
    await page.getByText(/Connection lost|does not answer/).first().waitFor();
    await own.run();
    await page.getByText('Connected again.').waitFor();
    await expect.poll(() => page.getByText('Connected again.').count(), { timeout: 10_000 }).toBe(0);
    await page.getByRole('link', { name: 'demo-n8n' }).waitFor();
    await person.leave(HUB_AWAY);
    await own.stop();
  });
});

async function choose(page: Page, command: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(command);
  await page.keyboard.press('Enter');
}

const streams = (hub: TestHub): Promise<number> => hub.figure('jackfield_http_streams');
