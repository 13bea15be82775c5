import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { TestHub } from './hub';

interface View {
  id: string;
  name: string;
  base_url: string;
}

describe('backends', () => {
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

  it('are tested before they are added, and each failure says what to do', async () => {
    const demo = await hub.call<View>('GET', '/api/v1/backends/demo-n8n');
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends');
    await page.getByRole('button', { name: 'Add backend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'n8n' }).click();
    await page.getByLabel('Address').fill('http://127.0.0.1:9');
    await page.getByRole('button', { name: 'Test and add' }).click();
    await page.getByText('Check the port and that the peer runs.').waitFor();
    await accessible(page);
    await page.getByLabel('Address').fill(demo.base_url);
    await page.getByLabel('API key', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Not authorised').waitFor();
    await page.getByRole('button', { name: 'Add all the same' }).click();
    await page.getByRole('heading', { level: 1, name: 'n8n' }).waitFor();
    const added = await hub.call<View>('GET', '/api/v1/backends/n8n');
    expect(new URL(page.url()).pathname).toBe(`/backends/${added.id}`);
    await person.leave();
  });

  it('are changed, switched off and removed, by keys alone', async () => {
    await hub.call('POST', '/api/v1/backends', { name: 'old', platform: 'flowise', base_url: 'http://127.0.0.1:9' });
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends');
    await page.getByRole('link', { name: 'old' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'old' }).waitFor();
    await page.keyboard.press('e');
    await page.getByLabel('Name', { exact: true }).fill('older');
    await page.keyboard.press('Enter');
    // Tested before it is saved; what fails may be saved all the same.
    await page.getByText('Nothing listens at').first().waitFor();
    await page.getByRole('button', { name: 'Save all the same' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'older' }).waitFor();
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor();
    await page.getByText('Nothing listens at').first().waitFor();
    const openMenu = async () => {
      await page.getByRole('button', { name: 'Actions for older' }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('menuitem');
    };
    await openMenu();
    const item = () => page.evaluate(() => document.activeElement?.textContent);
    for (let steps = 0; steps < 6 && (await item()) !== 'Switch off'; steps += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('Switched off').first().waitFor();
    await openMenu();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
    await page.getByText('older was removed.').waitFor();
    const { items } = await hub.call<{ items: View[] }>('GET', '/api/v1/backends');
    expect(items.map(({ name }) => name)).not.toContain('older');
    await person.leave();
  });

  it('are imported from another program, after a look at what will run', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends?add=import');
    const servers = {
      far: { url: 'http://127.0.0.1:9/mcp', headers: { Authorization: 'Bearer secret-canary' } },
      near: { command: '/bin/false', args: ['--quiet'] },
    };
    await page.getByLabel('Configuration').fill(JSON.stringify({ mcpServers: servers }));
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    await page.getByText('/bin/false --quiet').waitFor();
    expect(await page.getByRole('dialog').textContent()).not.toContain('secret-canary');
    await accessible(page);
    await page.getByRole('checkbox', { name: 'near' }).uncheck();
    await page.getByRole('button', { name: 'Add 1 server' }).click();
    await page.getByText('Added', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('heading', { level: 1, name: 'far' }).waitFor();
    await person.leave();
  });
});
