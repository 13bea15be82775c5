import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { choose, ended, say } from './chat';
import { freePort, TestHub } from './hub';
import { Nginx } from './nginx';

const PATH = '/tools/jackfield';

describe('behind nginx, under a path', () => {
  let browser: Browser;
  let hub: TestHub;
  let seen: TestHub;
  let nginx: Nginx;
  beforeAll(async () => {
    browser = await launch();
    hub = await TestHub.start({ base: PATH });
    const port = await freePort();
    nginx = await Nginx.before(hub.port, port, PATH);
    seen = hub.at(port);
  });
  afterAll(async () => {
    await browser.close();
    await nginx.stop();
    await hub.stop();
  });

  it('an answer streams, and its deep link can be loaded again', async () => {
    const person = await Person.come(browser, seen);
    const page = await person.open(seen);
    await choose(page, 'AI: streaming agent with tools, saveExecutionProgress');
    const turn = await say(page, 'Through a proxy');
    // It comes piece by piece: the tools are seen while the run goes on.
    await turn.getByText('order_lookup').first().waitFor();
    expect(await turn.getByRole('button', { name: 'Stop' }).count()).toBe(1);
    await ended(turn);
    await turn.getByRole('link', { name: 'Trace' }).click();
    await page.getByRole('tab', { name: 'Waterfall' }).click();
    await page.waitForURL(/view=waterfall/);
    expect(new URL(page.url()).pathname.startsWith(`${PATH}/runs/`)).toBe(true);
    await page.reload();
    await page.getByRole('tab', { name: 'Waterfall', selected: true }).waitFor();
    await page.getByRole('row', { name: /Calculator/ }).waitFor();
    await person.leave();
  });

  it('news of the hub come, and one who is not signed in is told how', async () => {
    const person = await Person.come(browser, seen);
    const page = await person.context.newPage();
    await page.goto(`${seen.url}/runs`);
    await page.getByRole('heading', { name: 'Sign in to this hub' }).waitFor();
    await person.open(seen, '/runs');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    const id = await hub.startRun('demo-flowise', 'lab-af2-agent-last', 'From elsewhere');
    await page.getByText('From elsewhere').first().waitFor();
    await page.goto(`${seen.url}/runs/${id}`);
    await page.getByText('Succeeded').first().waitFor();
    await person.leave(/401/);
  });
});
