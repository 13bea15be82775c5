import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { TestHub } from './hub';

interface Data {
  runs: number;
  retention_days: number | null;
}

describe('the settings', () => {
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

  it('say how much is kept, and for how long', async () => {
    await hub.ended(await hub.startRun('demo-flowise', 'lab-chat', 'Hello'));
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/settings');
    const data = page.getByRole('region', { name: 'Data' });
    await data.getByText('Size').waitFor();
    await data.getByText(/^\d+ events$/).waitFor();
    await data.getByText('30 days').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing is that old yet.').waitFor();
    await accessible(page);
    await dialog.getByRole('button', { name: 'Keep for so long' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await hub.call<Data>('GET', '/api/v1/data')).toMatchObject({ retention_days: 30, runs: 1 });
    await page.reload();
    await expect.poll(() => data.getByRole('radio', { name: '30 days' }).isChecked()).toBe(true);
    await data.getByText('Forever').click();
    await dialog.getByRole('button', { name: 'Keep for so long' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await hub.call<Data>('GET', '/api/v1/data')).toMatchObject({ retention_days: null, runs: 1 });
    await person.leave();
  });

  it('make a token, tell when it was used, and take it back', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/settings');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'What is it for?' }).fill('a script');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const text = await dialog.getByText(/^jf_/).first().innerText();
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'a script' });
    await row.getByText('never used').waitFor();
    const ask = () => fetch(`${hub.url}/api/v1/runs`, { headers: { authorization: `Bearer ${text.trim()}` } });
    expect((await ask()).status).toBe(200);
    await page.reload();
    await row.getByText(/^used/).waitFor();
    await row.getByRole('button', { name: 'Delete “a script”' }).click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    expect((await ask()).status).toBe(401);
    await person.leave();
  });

  it('name the libraries of the page and of the hub, with their licences', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/settings');
    await page.getByRole('button', { name: 'Show the licences' }).click();
    const dialog = page.getByRole('dialog');
    const words = dialog.getByRole('searchbox', { name: 'Find a package' });
    for (const [name, text] of [['react-dom', 'Meta Platforms'], ['tokio-rustls', 'Permission is hereby granted']] as const) {
      await words.fill(name);
      await dialog.getByText(name, { exact: true }).click();
      await dialog.getByText(text).first().waitFor();
    }
    await person.leave();
  });
});
