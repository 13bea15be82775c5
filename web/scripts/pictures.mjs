// The pictures of the docs, from a running hub: node scripts/pictures.mjs <hub address> <data dir of the hub> [out dir]
// Shows what the hub has: its run with the most steps, a conversation, its backends, a tool call. Without a conversation
// it begins one, which runs that workflow once more; without a tool call it leaves that picture out.
import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { dress, signedIn } from './browser.mjs';

const OUT = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const LIMITS = { 'page-run': 300, 'page-chat': 200, 'page-backends': 200, 'page-tools': 200 };

const [given, data, out = OUT] = process.argv.slice(2);
if (!given || !data) {
  console.error('usage: node scripts/pictures.mjs <hub address> <data dir of the hub> [out dir]');
  process.exit(2);
}
const address = given.replace(/\/$/, '');
await mkdir(out, { recursive: true });
const { browser, page, api } = await signedIn(address, data);
page.setDefaultTimeout(20_000);
await page.setViewportSize({ width: 1440, height: 900 });
await dress(page, 'light', 'en');

async function shoot(name) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(600);
  const path = join(out, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  const size = Math.ceil((await stat(path)).size / 1024);
  console.log(`${path}  ${size} KB`);
  if (size > LIMITS[name]) throw new Error(`${path} is larger than ${LIMITS[name]} KB`);
}

/** The newest of those with the most steps. */
async function richestRun() {
  const { items } = await api('/runs?status=succeeded&limit=100');
  const candidates = await Promise.all(items.filter((run) => run.workflow_id).map(async (run) => ({ run, steps: (await api(`/runs/${run.id}/trace`)).steps })));
  const [best] = candidates.toSorted((a, b) => b.steps.length - a.steps.length || b.run.created_at.localeCompare(a.run.created_at));
  if (!best) throw new Error('the hub has no run that succeeded: run a workflow first');
  return best;
}

/** A step worth a look: the tool call that took longest, else the longest of all with something in and out. */
function worthALook(steps) {
  const longest = (some) => some.toSorted((a, b) => (b.duration_ms ?? 0) - (a.duration_ms ?? 0))[0];
  const told = steps.filter((step) => step.input != null && step.output != null);
  return longest(told.filter((step) => step.is_tool_call)) ?? longest(told);
}

async function pictureOfRun({ run, steps }) {
  const step = worthALook(steps);
  await page.goto(`${address}/runs/${run.id}?view=waterfall${step ? `&step=${encodeURIComponent(step.id)}` : ''}`);
  await page.getByRole('treegrid').or(page.getByRole('grid')).first().waitFor();
  await shoot('page-run');
}

async function pictureOfChat({ run }) {
  const { items } = await api('/conversations?limit=50');
  const answered = await Promise.all(
    items.map(async ({ id }) => {
      const { items: runs } = await api(`/runs?conversation_id=${id}&limit=50`);
      return { id, events: runs.every(({ status }) => status === 'succeeded') ? runs.reduce((sum, { last_seq }) => sum + last_seq, 0) : 0 };
    }),
  );
  const best = answered.toSorted((a, b) => b.events - a.events)[0];
  if (best && best.events > 0) await page.goto(`${address}/chat/${best.id}`);
  else {
    await page.goto(`${address}/chat?workflow=${run.workflow_id}`);
    const box = page.getByRole('textbox').last();
    await box.fill(run.input.text ?? 'Hello');
    await box.press('Enter');
    await page.waitForURL(/\/chat\/.+/);
    await page.getByRole('button', { name: 'Run again' }).last().waitFor({ timeout: 120_000 });
  }
  await page.getByRole('button', { name: /^\d+ steps/ }).last().click();
  await shoot('page-chat');
}

async function pictureOfBackends() {
  await page.goto(`${address}/backends`);
  await page.getByRole('list', { name: 'Backends' }).waitFor();
  await shoot('page-backends');
}

async function pictureOfTools() {
  const { items } = await api('/runs?status=succeeded&limit=100');
  const calls = items.filter((run) => run.tool_id);
  const call = calls.find((run) => Object.keys(run.input.data ?? {}).length > 0) ?? calls[0];
  if (!call) {
    console.log('no tool has been called with success: page-tools.png stays as it is');
    return;
  }
  await page.goto(`${address}/tools/${call.tool_id}?run=${call.id}`);
  const result = page.getByRole('region', { name: 'Result' });
  await result.waitFor();
  await page.waitForTimeout(1500);
  await result.evaluate((element) => element.scrollIntoView({ block: 'end' }));
  await shoot('page-tools');
}

const best = await richestRun();
await pictureOfRun(best);
await pictureOfChat(best);
await pictureOfBackends();
await pictureOfTools();
await browser.close();
