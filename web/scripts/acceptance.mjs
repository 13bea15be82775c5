// The specification's six acceptance tests on real peers, in a browser, with a picture of each:
//   node scripts/acceptance.mjs <hub address> <data dir of the hub> <backend> <workflow> <mcp tool> <arguments as JSON> [out dir]
// MARKERS in the environment goes behind each message (for the lab's scripted LLM: ' [steps=3] [tokens=60]').
// The hub has both backends already, an n8n or a Flowise and an MCP server. The fifth test puts itself between the hub and the first, cuts the connection in the
// middle of an answer, and mends it. Fails with what was expected and not seen.
import { mkdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dress, signedIn } from './browser.mjs';

const [address, data, backend, workflow, tool, given, out = fileURLToPath(new URL('../../docs/pictures/acceptance', import.meta.url))] = process.argv.slice(2);
if (!given) {
  console.error('usage: node scripts/acceptance.mjs HUB DATA_DIR BACKEND WORKFLOW TOOL ARGUMENTS [OUT]');
  process.exit(2);
}
await mkdir(out, { recursive: true });
const { browser, page, api } = await signedIn(address, data);
page.setDefaultTimeout(90_000);
await page.setViewportSize({ width: 1280, height: 800 });
await dress(page, 'light', 'en');

const steps = [];
async function test(name, run) {
  const began = Date.now();
  await run();
  await page.mouse.move(0, 0);
  const picture = join(out, `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`);
  await page.screenshot({ path: picture, animations: 'disabled', caret: 'hide' });
  steps.push(name);
  console.log(`ok  ${name}  ${Date.now() - began} ms  ${picture}`);
}

async function ask(text) {
  await page.goto(`${address}/chat`);
  await page.getByRole('button', { name: /Choose a workflow|Choose another workflow/ }).or(page.getByTitle('Choose another workflow')).first().click();
  await page.getByRole('combobox', { name: 'Search workflows' }).fill(workflow);
  await page.getByRole('dialog').getByRole('row').filter({ hasText: workflow }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Message' }).fill(`${text}${process.env.MARKERS ?? ''}`);
  await page.keyboard.press('Enter');
  return page.getByRole('article').first();
}
const ended = (turn) => turn.getByRole('button', { name: 'Run again' }).first().waitFor();
const traceOf = async (turn) => {
  await turn.getByRole('link', { name: 'Trace' }).click();
  await page.getByRole('treegrid').getByRole('row').first().waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  return api(`/runs/${id}/trace`);
};

const { platform } = await api(`/backends/${backend}`);
await test(`1 ${platform} connection`, async () => {
  await page.goto(`${address}/backends`);
  await page.getByRole('link', { name: backend }).click();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Connected', { exact: true }).first().waitFor();
});

let whole;
await test('2 workflow execution with step traces', async () => {
  const turn = await ask('Is my order on time, and what is the weather?');
  await ended(turn);
  whole = await traceOf(turn);
  if (whole.run.status !== 'succeeded' || whole.steps.length < 5) throw new Error(`the run is ${whole.run.status} with ${whole.steps.length} steps`);
  await page.getByRole('tab', { name: 'Waterfall' }).click();
  await page.waitForURL(/view=waterfall/);
});

await test('3 MCP discovery', async () => {
  const { backend_id } = await api(`/tools/${tool}`);
  await page.goto(`${address}/backends/${backend_id}?tab=tools`);
  await page.getByRole('listitem').first().waitFor();
});

await test('4 streaming in real time', async () => {
  const turn = await ask('Tell me as you go');
  const lengths = new Set();
  await turn.getByRole('button', { name: 'Stop' }).waitFor();
  while ((await turn.getByRole('button', { name: 'Stop' }).count()) > 0) lengths.add((await turn.innerText()).length);
  if (lengths.size < 4) throw new Error(`the answer came in ${lengths.size} pieces`);
  await ended(turn);
});

await test('5 kill connection, reconnect, resume stream', async () => {
  const { base_url } = await api(`/backends/${backend}`);
  const peer = new URL(base_url);
  const sockets = new Set();
  let away = false;
  const between = createServer((from) => {
    if (away) return from.resetAndDestroy();
    const to = connect(Number(peer.port), peer.hostname);
    for (const [one, other] of [[from, to], [to, from]]) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => sockets.delete(one) && other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => between.listen(0, '127.0.0.1', resolve));
  await api(`/backends/${backend}`, 'PATCH', { base_url: `http://127.0.0.1:${between.address().port}` });
  try {
    const turn = await ask('The cable is pulled now');
    await turn.getByText(/^(Writing|Using a tool)/).first().waitFor();
    away = true;
    for (const socket of sockets) socket.resetAndDestroy();
    await turn.getByText('Connection to the backend lost').waitFor();
    away = false;
    await ended(turn);
    const again = await traceOf(turn);
    if (again.run.status !== 'succeeded' || again.steps.length !== whole.steps.length) throw new Error(`${again.run.status} with ${again.steps.length} steps in place of ${whole.steps.length}`);
    await page.getByRole('tab', { name: 'Waterfall' }).click();
    await page.waitForURL(/view=waterfall/);
  } finally {
    await api(`/backends/${backend}`, 'PATCH', { base_url });
    between.close();
  }
});

await test('6 MCP tool call with result', async () => {
  await page.goto(`${address}/tools/${tool}`);
  await page.getByRole('radiogroup', { name: 'Fields or JSON' }).getByText('JSON').click();
  await page.getByRole('tabpanel').getByRole('textbox').last().fill(given);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('Succeeded').first().waitFor();
});

await browser.close();
console.log(`${steps.length} of 6`);
