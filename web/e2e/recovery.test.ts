import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HUB_AWAY, launch, Person } from './browser';
import { choose, ended, say } from './chat';
import { Network } from './cut';
import { TestHub } from './hub';

const AGENT = 'AI: streaming agent with tools, saveExecutionProgress';
const ANSWER = 'I looked up the weather, did the sum and checked the order: everything is on time.';

/** The answer is there, whole and once, in a conversation of one turn. */
async function whole(page: Page): Promise<void> {
  const turn = page.getByRole('article').last();
  await ended(turn);
  await turn.getByText(ANSWER).waitFor();
  expect(await page.getByRole('article').count()).toBe(1);
  expect((await turn.innerText()).split(ANSWER)).toHaveLength(2);
}

/** The line that says that the hub cannot be reached. */
const away = (page: Page) => page.getByText('The hub does not answer').first();
const underWay = (turn: Locator) => turn.getByText('order_lookup').first().waitFor();

describe('in the middle of an answer', () => {
  let browser: Browser;
  let hub: TestHub;
  beforeAll(async () => {
    browser = await launch();
    hub = await TestHub.start({ peers: 'outside' });
  });
  afterAll(async () => {
    await browser.close();
    await hub.stop();
  });

  const begin = async (seen: TestHub = hub) => {
    const person = await Person.come(browser, seen);
    const page = await person.open(seen);
    await choose(page, AGENT);
    const turn = await say(page, 'Is my order on time?');
    await underWay(turn);
    return { person, page, turn };
  };

  it('the page is loaded again: the same conversation goes on', async () => {
    const { person, page } = await begin();
    await page.reload();
    await page.getByRole('article').getByText('Is my order on time?').waitFor();
    await whole(page);
    await person.leave();
  });

  it('the network is gone and comes back', async () => {
    const network = await Network.before(hub.port);
    const { person, page } = await begin(hub.at(network.port));
    network.cut();
    await away(page).waitFor();
    network.mend();
    await whole(page);
    await away(page).waitFor({ state: 'hidden' });
    await person.leave(HUB_AWAY);
    await network.end();
  });

  it('the hub is killed and started again: it says so, and heals by itself', async () => {
    const { person, page } = await begin();
    await hub.kill();
    await away(page).waitFor();
    await hub.run();
    await whole(page);
    await away(page).waitFor({ state: 'hidden' });
    await person.leave(HUB_AWAY);
  });

  it('another tab shows the same, and so does another device', async () => {
    const { person, page } = await begin();
    const path = new URL(page.url()).pathname;
    const second = await person.open(hub, path);
    const phone = await Person.come(browser, hub, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const third = await phone.open(hub, path);
    await Promise.all([page, second, third].map(whole));
    await phone.leave();
    await person.leave();
  });

  it('twelve tabs follow it over one connection', async () => {
    const { person, page } = await begin();
    const path = new URL(page.url()).pathname;
    const tabs = await Promise.all(Array.from({ length: 11 }, () => person.open(hub, path)));
    await expect.poll(() => hub.figure('jackfield_http_streams'), { timeout: 20_000 }).toBe(1);
    for (const tab of [page, ...tabs]) await whole(tab);
    await person.leave();
  });

  it('what is said while the hub is away is sent once when it is back', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, AGENT);
    await ended(await say(page, 'First'));
    await hub.kill();
    const turn = await say(page, 'Second');
    await hub.run();
    await ended(turn);
    const { items } = await hub.call<{ items: { input: { text: string } }[] }>('GET', '/api/v1/runs?q=Second');
    expect(items.filter(({ input }) => input.text === 'Second')).toHaveLength(1);
    await person.leave(HUB_AWAY);
  });
});
