import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from './browser';
import { choose, ended, say, stepsOf } from './chat';
import { Network } from './cut';
import { TestHub } from './hub';

const AGENT = 'AI: streaming agent with tools, saveExecutionProgress';
const ANSWER = 'I looked up the weather, did the sum and checked the order: everything is on time.';
/** What n8n's own record says of this workflow. */
const STEPS = ['Webhook', 'Before', 'AI Agent', 'Calculator', 'get_weather', 'order_lookup', 'Start', 'Look up', 'Found', 'After'];

// The acceptance tests of the specification, in its order.
describe('the specification', () => {
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

  it('1. n8n connection: it is tested, its state is seen, its workflows are found', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends');
    await page.getByRole('link', { name: 'demo-n8n' }).click();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Connected', { exact: true }).first().waitFor();
    await page.getByRole('tab', { name: /^Workflows/ }).click();
    await page.getByText(AGENT).first().waitFor();
    await person.leave();
  });

  it('2. workflow execution: the answer, and every step with input and output', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, AGENT);
    const answer = await say(page, 'Is my order on time?');
    await ended(answer);
    await answer.getByText(ANSWER).waitFor();
    await answer.getByRole('link', { name: 'Trace' }).click();
    await page.getByRole('tab', { name: 'Tree', selected: true }).waitFor();
    const steps = await stepsOf(page);
    for (const step of STEPS) expect(steps.filter((one) => one === step), steps.join(', ')).toHaveLength(1);
    await page.getByRole('row', { name: 'Calculator' }).click();
    await page.getByRole('heading', { name: 'Arguments' }).waitFor();
    await page.getByRole('heading', { name: 'Result' }).waitFor();
    await person.leave();
  });

  it('3. MCP discovery: the server’s tools, with their schemas', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/backends');
    await page.getByRole('link', { name: 'demo-mcp' }).click();
    await page.getByRole('tab', { name: /^Tools/ }).click();
    await page.getByRole('link', { name: /^Add/ }).first().click();
    await page.getByRole('heading', { level: 2, name: 'Add' }).waitFor();
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByText('demo-mcp__add').first().waitFor();
    await person.leave();
  });

  it('4. streaming in real time: the answer grows before it is whole', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, AGENT);
    const answer = await say(page, 'Tell me as you go');
    const seen = new Set<string>();
    await answer.getByRole('button', { name: 'Stop' }).waitFor();
    const beginnings = Array.from({ length: ANSWER.length }, (_, at) => ANSWER.slice(0, at + 1));
    while ((await answer.getByRole('button', { name: 'Stop' }).count()) > 0) {
      const text = await answer.innerText();
      const longest = beginnings.findLast((beginning) => text.includes(beginning));
      if (longest && longest.length > 5) seen.add(longest);
    }
    await ended(answer);
    expect(seen.size, [...seen].join('|')).toBeGreaterThan(2);
    expect(seen.has(ANSWER) && seen.size === 1).toBe(false);
    await person.leave();
  });

  it('5. kill connection → reconnect → resume stream: nothing is lost, nothing comes twice', async () => {
    const { base_url } = await hub.call<{ base_url: string }>('GET', '/api/v1/backends/demo-n8n');
    const network = await Network.before(Number(new URL(base_url).port));
    await hub.call('PATCH', '/api/v1/backends/demo-n8n', { base_url: `http://127.0.0.1:${network.port}` });
    const person = await Person.come(browser, hub);
    const page = await person.open(hub);
    await choose(page, AGENT);
    const answer = await say(page, 'The cable is pulled now');
    await answer.getByText('Look up').or(answer.getByText('order_lookup')).first().waitFor();
    network.cut();
    await answer.getByText('Connection to the backend lost').waitFor();
    network.mend();
    await ended(answer);
    expect((await answer.innerText()).split(ANSWER)).toHaveLength(2);
    await answer.getByRole('link', { name: 'Trace' }).click();
    const steps = await stepsOf(page);
    for (const step of STEPS) expect(steps.filter((one) => one === step), steps.join(', ')).toHaveLength(1);
    await page.getByText('Succeeded').first().waitFor();
    await person.leave();
    await hub.call('PATCH', '/api/v1/backends/demo-n8n', { base_url });
    await network.end();
  });

  it('6. MCP tool call: arguments from a form, the result structured', async () => {
    const person = await Person.come(browser, hub);
    const page = await person.open(hub, '/tools/demo-mcp__add');
    await page.getByRole('spinbutton', { name: 'a' }).fill('2');
    await page.getByRole('spinbutton', { name: 'b' }).fill('40');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText('Structured content').first().waitFor();
    await page.getByText('42').first().waitFor();
    await person.leave();
  });
});
