import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { ended } from './chat';
import { TestHub } from './hub';

/** Goes on with Tab until what has the focus has this name, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at?.getAttribute('aria-label') ?? at?.getAttribute('title') ?? at?.textContent ?? '';
    });
  const passed: string[] = [];
  for (let steps = 0; steps < 60; steps += 1) {
    const now = (await focused()).trim();
    if (name.test(now)) return;
    passed.push(now.slice(0, 30));
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never comes to ${name}: ${passed.join(' | ')}`);
}

describe('by keys alone', () => {
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

  it('a workflow is chosen, asked, watched and looked into', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await page.getByRole('button', { name: 'Choose a workflow' }).waitFor();
    await tabTo(page, /^Choose a workflow$/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('combobox', { name: 'Search workflows' }).waitFor();
    await page.keyboard.type('saveExecutionProgress');
    await page.getByRole('dialog').getByRole('row').filter({ hasText: 'streaming agent' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await tabTo(page, /^Message$/);
    await page.keyboard.type('Without a mouse');
    await page.keyboard.press('Enter');
    const turn = page.getByRole('article').first();
    await ended(turn);
    await tabTo(page, /^Trace$/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Tree', selected: true }).waitFor();
    await tabTo(page, /^Tree/);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Waterfall', selected: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('treegrid').focus();
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press('ArrowDown');
    await page.waitForURL(/step=/);
    await person.leave();
  });

  it('a tool is found, filled in and called', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools');
    await page.getByRole('heading', { level: 1, name: 'Tools' }).waitFor();
    await tabTo(page, /^Search by name or description$/);
    await page.keyboard.type('structured result');
    await expect.poll(() => page.getByRole('link', { name: /Structured result/ }).count()).toBe(1);
    await tabTo(page, /Structured result/);
    await page.keyboard.press('Enter');
    await page.getByRole('spinbutton', { name: 'a' }).waitFor();
    await page.getByRole('spinbutton', { name: 'a' }).focus();
    await page.keyboard.type('3');
    await page.keyboard.press('Tab');
    await page.keyboard.type('4');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Structured content').first().waitFor();
    await person.leave();
  });
});

describe('on a phone', () => {
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

  it('a workflow is asked by touch, and its steps are read', async () => {
    const person = await Person.come(browser, hub, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    const page = await person.open(hub);
    await page.getByRole('button', { name: 'Choose a workflow' }).tap();
    await page.getByRole('combobox', { name: 'Search workflows' }).fill('saveExecutionProgress');
    await page.getByRole('dialog').getByRole('row').filter({ hasText: 'streaming agent' }).first().tap();
    await page.getByRole('textbox', { name: 'Message' }).fill('From the train');
    await page.getByRole('button', { name: 'Send' }).tap();
    const turn = page.getByRole('article').first();
    await ended(turn);
    await turn.getByRole('link', { name: 'Trace' }).tap();
    await page.getByRole('row', { name: /Calculator/ }).tap();
    await page.getByText('Arguments').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await person.leave();
  });
});
