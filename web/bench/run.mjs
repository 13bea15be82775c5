// Frame times of the run's page, the built one, with its real event connection, fold and views:
//   npm run build && npm run bench
// Options by environment: STEPS=10000 RATE=1000 SECONDS=8 ONLY=waterfall DIST=dist CHROMIUM=/usr/bin/chromium
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { wholeRun } from './events.mjs';
import { percentile, stop, watch } from './frames.mjs';
import { serve } from './hub.mjs';

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const [steps, rate, seconds] = [number('STEPS', 10_000), number('RATE', 1000), number('SECONDS', 8)];
const only = process.env.ONLY;
const dist = process.env.DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

const line = (...cells) => console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(46) : String(cell).padStart(9))).join(''));
const ms = (value) => value.toFixed(1);

/** Measures what happens in `act`, and prints a line. */
async function measure(page, name, act) {
  if (only && !name.includes(only)) return;
  await page.waitForTimeout(500);
  await page.evaluate(watch);
  await act(page);
  const { intervals, work, long } = await page.evaluate(stop);
  const of = (values) => [0.5, 0.95, 0.99].map((share) => ms(percentile(values, share)));
  line(name, intervals.length, ...of(intervals), ...of(work), long.length, ms(Math.max(0, ...long)));
}

async function open(hub, run, query, wanted) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  const begin = performance.now();
  await page.goto(`${hub.address}/runs/${run}?${query}`);
  await page.waitForFunction((wanted) => document.querySelector('[role=treegrid], [role=listbox], .react-flow__node') && (!wanted || document.body.innerText.includes(wanted)), wanted, { timeout: 120_000 });
  return { page, took: performance.now() - begin };
}

const scroll = (selector) => async (page) => {
  await page.mouse.move(700, 500);
  await page.locator(selector).first().focus();
  for (let n = 0; n < 120; n += 1) {
    await page.mouse.wheel(0, n < 60 ? 900 : -700);
    await page.waitForTimeout(16);
  }
};
const walk = (selector) => async (page) => {
  await page.locator(selector).first().focus();
  for (let n = 0; n < 150; n += 1) await page.keyboard.press('ArrowDown');
};
const zoom = async (page) => {
  await page.mouse.move(900, 600);
  await page.keyboard.down('Control');
  for (let n = 0; n < 100; n += 1) {
    await page.mouse.wheel(0, n < 50 ? -120 : 120);
    await page.waitForTimeout(16);
  }
  await page.keyboard.up('Control');
};

line('', 'frames', 'p50 ms', 'p95', 'p99', 'work p50', 'p95', 'p99', 'long', 'longest');

// A run that goes on: events arrive while each view is looked at, first of a short run, then of a long one.
for (const before of [50, steps]) {
  for (const view of ['tree', 'waterfall', 'graph', 'log', 'raw']) {
    const name = `${rate}/s into ${before} steps, ${view}`;
    if (only && !name.includes(only)) continue;
    const log = wholeRun(before);
    const hub = await serve(dist, log);
    const { page } = await open(hub, log.run, `view=${view}`);
    await page.waitForTimeout(before > 1000 ? 6000 : 1000);
    await measure(page, name, () => hub.grow(rate, seconds * 1000));
    await page.close();
    hub.close();
  }
}

// A run that has ended.
const log = wholeRun(steps);
log.events.push(log.generator.done());
const hub = await serve(dist, log);
const grid = '[role=treegrid]';
const cases = [
  ['tree', 'scroll', scroll(grid)],
  ['tree', 'walk by keys', walk(grid)],
  ['waterfall', 'scroll', scroll(grid)],
  ['waterfall', 'zoom', zoom],
  ['waterfall', 'walk by keys', walk(grid)],
  ['log', 'scroll', scroll('[role=listbox]')],
  ['log', 'search', async (page) => {
    await page.locator('input[type=search]').pressSequentially('nothing there', { delay: 60 });
    await page.waitForTimeout(3000);
  }],
];
for (const [view, what, act] of cases) {
  const name = `${steps} steps, ${view}, ${what}`;
  if (only && !name.includes(only)) continue;
  const { page, took } = await open(hub, log.run, `view=${view}`);
  await page.waitForFunction((count) => [...document.querySelectorAll('[role=tab]')].some((tab) => tab.textContent?.replace(/\D/g, '') === String(count)), log.events.length, { timeout: 120_000 });
  await page.waitForTimeout(1000);
  await measure(page, name, act);
  if (what === 'scroll') console.log(`  first rows after ${(took / 1000).toFixed(1)} s, ${log.events.length} events`);
  await page.close();
}
hub.close();
await browser.close();
