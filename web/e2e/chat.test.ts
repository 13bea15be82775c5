import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { choose, ended, say } from './chat';
import { TestHub } from './hub';

const N8N = 'AI: streaming agent with tools, saveExecutionProgress';
const FLOWISE = 'lab-af2-agent-last';

interface Runs {
  items: { id: string; workflow_name: string; turn?: string; status: string }[];
}

describe('a conversation', () => {
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

  it('switches its backend between two messages, and keeps both answers', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, N8N);
    await ended(await say(page, 'One'));
    await page.getByTitle('Choose another workflow').click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Search workflows' }).fill(FLOWISE);
    await page.getByRole('dialog').getByRole('row').filter({ hasText: FLOWISE }).first().waitFor();
    await page.keyboard.press('Enter');
    const second = await say(page, 'Two');
    await ended(second);
    await second.getByText('demo-flowise').first().waitFor();
    await page.reload();
    await page.getByRole('article').nth(1).waitFor();
    const names = await page.getByRole('article').allInnerTexts();
    expect([names[0]?.includes('demo-n8n'), names[1]?.includes('demo-flowise')]).toEqual([true, true]);
    await person.leave();
  });

  it('asks two workflows side by side, and each goes on by itself', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, N8N);
    await choose(page, FLOWISE, 'Compare');
    const turn = await say(page, 'Both of you');
    await expect.poll(() => turn.getByRole('button', { name: 'Run again' }).count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    for (const backend of ['demo-n8n', 'demo-flowise']) await turn.getByText(backend).first().waitFor();
    await turn.getByRole('figure', { name: 'The runs on a common scale of time' }).waitFor();
    await accessible(page);
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const { items } = await hub.call<Runs>('GET', `/api/v1/runs?conversation_id=${id}`);
    expect(items.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(new Set(items.map(({ turn: of }) => of)).size).toBe(1);
    await page.reload();
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await person.leave();
  });

  it('takes files along, and shows them again', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, N8N);
    const text = 'Order 7, two boxes\n'.repeat(50);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Attach files' }).click()]);
    await chooser.setFiles([
      { name: 'orders.txt', mimeType: 'text/plain', buffer: Buffer.from(text) },
      { name: 'not this.txt', mimeType: 'text/plain', buffer: Buffer.from('no') },
    ]);
    await page.getByRole('button', { name: 'Remove not this.txt' }).click();
    const turn = await say(page, 'What is in it?');
    await ended(turn);
    await page.reload();
    const link = turn.getByRole('link', { name: /orders\.txt/ });
    const href = await link.getAttribute('href');
    const got = await page.evaluate(async (address) => (await fetch(address)).text(), href ?? '');
    expect(got).toBe(text);
    expect(await turn.getByText('not this.txt').count()).toBe(0);
    await accessible(page);
    await person.leave();
  });

  it('stops a run, and says what became of it', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, 'Webhook, five slow steps');
    const turn = await say(page, 'Stop soon');
    await turn.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => turn.innerText(), { timeout: 15_000 }).toMatch(/stopped|cancelled/i);
    await ended(turn);
    await person.leave();
  });

  it('is edited and sent again, found by what was said in it, renamed and deleted', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, FLOWISE);
    const turn = await say(page, 'A word that nobody else says: quokka');
    await ended(turn);
    await turn.hover();
    await turn.getByRole('button', { name: 'Edit and send again' }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('Another word');
    await page.keyboard.press('Enter');
    await ended(page.getByRole('article').nth(1));
    for (let more = 0; more < 6; more += 1) await hub.call('POST', '/api/v1/conversations', { title: `Another ${more}` });
    await page.reload();
    const list = page.getByRole('navigation', { name: 'Conversations' });
    await list.getByRole('searchbox', { name: 'Search conversations' }).fill('QUOKKA');
    await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
    await page.getByRole('button', { name: 'Conversation', exact: true }).first().click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Marsupials');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Marsupials' }).waitFor();
    await page.getByRole('button', { name: 'Conversation', exact: true }).first().click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The conversation was deleted.').waitFor();
    await person.leave();
  });
});
