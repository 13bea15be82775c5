// Frame times of the run's page, the built one, with its real event connection, fold and views:
//   npm run build && npm run bench
// Options by environment: STEPS=10000 RATE=1000 SECONDS=8 ONLY=waterfall DIST=dist CHROMIUM=/usr/bin/chromium
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { wholeRun } from './events.mjs';
import { percentile, traced } from './frames.mjs';
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
  await page.waitForTimeout(500);
  const { intervals, cost, long, longest, busy } = await traced(page, act);
  const of = (values) => [0.5, 0.95, 0.99].map((share) => ms(percentile(values, share)));
  line(name, cost.length, ...of(cost), ...of(intervals), long, ms(longest), `${Math.round(busy * 100)} %`);
}

/** Opens a run and waits until its log is read. */
async function open(hub, log, view) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  const count = log.events.length;
  await page.goto(`${hub.address}/runs/${log.run}?view=${view}`, { timeout: 120_000 });
  const read = (count) => [...document.querySelectorAll('[role=tab]')].some((tab) => Number(tab.textContent?.replace(/\D/g, '')) >= count);
  await page.waitForFunction(read, count, { timeout: 600_000 });
  await page.waitForTimeout(1000);
  return page;
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

console.log('Milliseconds. cpu: processor time of the main thread for each frame; every: from frame to frame on this machine as it is now;');
console.log('long: tasks of more than 50 ms processor time; busy: share of the main thread.');
line('', 'frames', 'cpu p50', 'p95', 'p99', 'every p50', 'p95', 'p99', 'long', 'longest', 'busy');

// A run that goes on: events arrive while each view is looked at, first of a short run, then of a long one.
for (const before of [50, steps]) {
  for (const view of ['tree', 'waterfall', 'graph', 'log', 'raw']) {
    const name = `${rate}/s into ${before} steps, ${view}`;
    if (only && !name.includes(only)) continue;
    const log = wholeRun(before);
    const hub = await serve(dist, log);
    const page = await open(hub, log, view);
    await measure(page, name, () => hub.grow(rate, seconds * 1000));
    await page.close();
    hub.close();
  }
}

// A run that has ended.
const log = wholeRun(steps);
log.events.push(log.generator.done());
console.log(`The trace of ${steps} steps has ${log.events.length} events.`);
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
  const page = await open(hub, log, view);
  await measure(page, name, act);
  await page.close();
}
hub.close();
await browser.close();
