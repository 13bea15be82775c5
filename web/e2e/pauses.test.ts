import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { choose, ended, say } from './chat';
import { TestHub } from './hub';

const REVIEW = 'Chat: tool call with human review, response nodes';
const QUESTION = 'Chat: response nodes, asks back and waits';
const NAP = 'Wait: timer longer than 65 s';
const WAIT = 'Wait: answers with the resume URL, then waits for a call';

describe('a run that waits for a person', () => {
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

  /** Says hello to a workflow, has its question answered, and sees the end. */
  const inChat = async (workflow: string, answerIt: (turn: Locator, page: Page) => Promise<void>, end: string) => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, workflow);
    const turn = await say(page, 'Hello');
    await answerIt(turn, page);
    await ended(turn);
    await turn.getByText(end).first().waitFor();
    await person.leave();
  };

  it('for a decision is answered in the chat', () =>
    inChat(
      REVIEW,
      async (turn, page) => {
        await turn.getByText('Allow get_weather').waitFor();
        await accessible(page);
        await turn.getByRole('button', { name: 'Approve' }).click();
      },
      'Answered: Approve',
    ));

  it('for words is answered in the chat', () =>
    inChat(
      QUESTION,
      async (turn) => {
        await turn.getByText('What is your name?').waitFor();
        await turn.getByRole('textbox', { name: 'Your answer' }).fill('Ada');
        await turn.getByRole('button', { name: 'Send answer' }).click();
      },
      'Answered',
    ));

  it('for a call goes on when told to', () =>
    inChat(
      WAIT,
      async (turn) => {
        await turn.getByRole('button', { name: 'Go on' }).click();
      },
      'Answered',
    ));

  // The recorded n8n waited for 70 seconds.
  it('for time to pass says until when, asks nobody, and goes on by itself', { timeout: 150_000 }, async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, NAP);
    const turn = await say(page, 'Hello');
    await turn.getByText('Waits for time to pass', { exact: true }).waitFor();
    await turn.getByText(/^Goes on in /).waitFor();
    await accessible(page);
    expect((await hub.call<{ items: unknown[] }>('GET', '/api/v1/inbox')).items).toEqual([]);
    await page.reload();
    await turn.getByText(/^Goes on in /).waitFor();
    await turn.getByRole('button', { name: 'Run again' }).first().waitFor({ timeout: 100_000 });
    expect(await turn.getByText('Waits for time to pass', { exact: true }).count()).toBe(0);
    const { items } = await hub.call<{ items: { status: string }[] }>('GET', '/api/v1/runs?limit=1');
    expect(items[0]?.status).toBe('succeeded');
    await person.leave();
  });

  it('for a form has it in the tool’s result, checked before it is sent', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools/demo-mcp__ask_name');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText('Who are you?').waitFor();
    await accessible(page);
    await page.getByRole('textbox', { name: 'name' }).fill('Ada');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Ada').last().waitFor();
    await person.leave();
  });

  it('for a form can be declined', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools/demo-mcp__ask_name');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByText('decline').last().waitFor();
    await person.leave();
  });

  it('for a page elsewhere shows where it is, and opens nothing by itself', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools/demo-mcp__ask_url');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    const link = page.getByRole('link', { name: 'Open the page' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('https://signin.example.com/start?for=42');
    expect(await link.getAttribute('rel')).toContain('noreferrer');
    await page.getByText('signin.example.com').first().waitFor();
    await page.getByRole('button', { name: 'I have opened the page' }).click();
    await page.getByText('the link: accept').first().waitFor();
    await person.leave();
  });

  it('is in the inbox with all others, and is answered there', async () => {
    const waiting = await hub.call<{ items: { run: { id: string } }[] }>('GET', '/api/v1/inbox');
    for (const { run } of waiting.items) await hub.call('POST', `/api/v1/runs/${run.id}/cancel`);
    await Promise.all([hub.startRun('demo-n8n', REVIEW, 'One'), hub.startRun('demo-flowise', 'lab-af2-human', 'Two'), hub.startRun('demo-sim', 'Human in the loop', 'Three')]);
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/inbox');
    const card = (heading: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: heading }) });
    for (const name of [REVIEW, 'lab-af2-human', 'Human in the loop']) await card(name).first().waitFor();
    await accessible(page);
    await card('lab-af2-human').getByRole('button', { name: 'Proceed' }).click();
    await card('lab-af2-human').waitFor({ state: 'detached' });
    await card(REVIEW).first().waitFor();
    await person.leave();
  });
});
