import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessible } from './axe';
import { launch, Person } from './browser';
import { TestHub } from './hub';

interface Known {
  id: string;
}

const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** Lazy parts and what the hub is asked for are there: nothing has been drawn for a while (clocks go on, so not for ever). */
const quiet = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let timer = setTimeout(resolve, 350);
        new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(resolve, 350);
        }).observe(document.body, { childList: true, subtree: true });
        setTimeout(resolve, 4000);
      }),
  );

describe('every page', () => {
  let browser: Browser;
  let hub: TestHub;
  let paths: string[];
  beforeAll(async () => {
    browser = await launch();
    hub = await TestHub.start();
    const run = await hub.startRun('demo-n8n', 'AI: streaming agent with tools, saveExecutionProgress', 'Look around');
    const chat = await hub.call<Known>('POST', '/api/v1/conversations', { title: 'Plans' });
    const said = { backend: 'demo-flowise', workflow: 'lab-af2-agent-last', conversation_id: chat.id, input: { text: 'Hello' } };
    await hub.call<Known>('POST', '/api/v1/runs', said);
    await hub.call('POST', '/api/v1/tools/demo-mcp__ask_name/call', { arguments: {} });
    await hub.call('POST', '/api/v1/backends', { name: 'far away', platform: 'flowise', base_url: 'http://127.0.0.1:9' });
    const server = await hub.call<Known>('GET', '/api/v1/backends/demo-mcp');
    await hub.ended(run);
    paths = [
      '/chat',
      `/chat/${chat.id}`,
      '/chat/00000000-0000-7000-8000-000000000000',
      '/runs',
      ...['tree', 'waterfall', 'graph', 'log', 'raw'].map((view) => `/runs/${run}?view=${view}`),
      '/backends',
      '/backends?add=true',
      '/backends?add=n8n',
      '/backends?add=mcp',
      '/backends?add=import',
      ...['overview', 'tools', 'settings', 'guide'].map((tab) => `/backends/${server.id}?tab=${tab}`),
      '/tools',
      '/tools/demo-mcp__plan_trip',
      '/tools/demo-mcp__add?view=about',
      '/tools/demo-mcp__ask_name?view=history',
      '/tools?tab=resources',
      '/tools?tab=prompts',
      '/inbox',
      '/settings',
      '/nowhere',
    ];
  });
  afterAll(async () => {
    await browser.close();
    await hub.stop();
  });

  for (const [width, viewport] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const locale of width === 'phone' ? ['ar'] : ['en-GB', 'ar']) {
        it(`is accessible and fits: ${width}, ${colorScheme}, ${locale}`, { timeout: 180_000 }, async () => {
          const person = await Person.come(browser, hub, { viewport, colorScheme, locale, reducedMotion: 'reduce' });
          const page = await person.open(hub);
          for (const path of paths) {
            await page.goto(hub.url + path);
            await page.getByRole('main').waitFor();
            await quiet(page);
            await accessible(page, path);
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            expect.soft(over, `${path} is wider than the window`).toBeLessThanOrEqual(0);
          }
          await person.leave(/404|400/);
        });
      }
    }
  }
});
