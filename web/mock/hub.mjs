// A hub that has MCP servers in every state, for looking at the page: node mock/hub.mjs PORT
// What it does not play itself goes to a real hub: JACKFIELD_HUB (its address) and JACKFIELD_TOKEN.
// PAGE=dist also serves the built page, with the content security policy that the hub has.
// TROUBLE=slow|failing|empty plays those states of the lists.
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { blob, call, runs } from './calls.mjs';
import { backends, inbox, prompts, read, resources, templates, toolsOf } from './made.mjs';

const recorded = JSON.parse(await readFile(new URL('recorded.json', import.meta.url), 'utf8'));
const tools = toolsOf(recorded);
const hub = new URL(process.env.JACKFIELD_HUB ?? 'http://127.0.0.1:7410');
const token = process.env.JACKFIELD_TOKEN ?? '';
const trouble = process.env.TROUBLE;
const page = process.env.PAGE && new URL(`file://${process.env.PAGE.startsWith('/') ? '' : `${process.cwd()}/`}${process.env.PAGE}/`);
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const TYPES = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml', json: 'application/json', woff2: 'font/woff2' };
const streams = new Set();
const open = inbox(tools);

const news = (type, data) => {
  for (const stream of streams) stream.write(`event: ${type}\ndata: ${JSON.stringify({ type, data })}\n\n`);
};
const json = (response, status, body) => {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(body));
};
const problem = (response, status, code, detail, more) => json(response, status, { type: `/api/v1/errors/${code}`, title: code.replaceAll('_', ' '), status, code, detail, ...more });
const bodyOf = async (incoming) => {
  const pieces = [];
  for await (const piece of incoming) pieces.push(piece);
  return pieces.length > 0 ? JSON.parse(Buffer.concat(pieces).toString()) : {};
};
const fits = (query, item, ...keys) => {
  const q = query.get('q')?.toLowerCase();
  const backend = query.get('backend');
  return (!backend || item.backend === backend || item.backend_id === backend) && (!q || keys.some((key) => item[key]?.toLowerCase().includes(q)));
};

function passOn(incoming, outgoing, change) {
  const headers = { ...incoming.headers, host: hub.host, authorization: `Bearer ${token}`, 'accept-encoding': 'identity' };
  delete headers.origin;
  const onward = request({ host: hub.hostname, port: hub.port, path: incoming.url, method: incoming.method, headers }, async (answer) => {
    if (!change) {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    json(outgoing, answer.statusCode, change(await bodyOf(answer)));
  });
  onward.on('error', () => problem(outgoing, 502, 'peer_unreachable', 'The real hub does not answer.'));
  incoming.pipe(onward);
}

async function serve(path, response) {
  const name = /\.\w+$/.test(path) ? path.slice(1) : 'index.html';
  const content = await readFile(new URL(name, page)).catch(() => undefined);
  response.writeHead(content ? 200 : 404, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
  // The hub writes addresses from the root, so that deep pages find them.
  response.end(name === 'index.html' ? String(content).replaceAll('./', '/') : content);
}

function follow(url, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': mock\nretry: 1000\n\n');
  streams.add(response);
  const leave = [];
  for (const asked of url.searchParams.getAll('run')) {
    const [run, after] = asked.split('@');
    const known = runs.get(run);
    if (!known) continue;
    const tell = (event) => response.write(`event: run_event\ndata: ${JSON.stringify(event)}\n\n`);
    for (const event of known.log.slice(Number(after))) tell(event);
    known.readers.add(tell);
    leave.push(() => known.readers.delete(tell));
  }
  const beat = setInterval(() => response.write(': beat\n\n'), 10_000);
  response.on('close', () => {
    clearInterval(beat);
    streams.delete(response);
    for (const gone of leave) gone();
  });
}

const routes = [
  ['GET', /^\/api\/v1\/tools$/, (url) => ({ items: tools.filter((tool) => fits(url.searchParams, tool, 'name', 'title', 'description', 'qualified_name') && (!url.searchParams.get('status') || tool.status === url.searchParams.get('status'))) })],
  ['GET', /^\/api\/v1\/resources$/, (url) => ({ items: resources.filter((one) => fits(url.searchParams, one, 'name', 'title', 'uri')) })],
  ['GET', /^\/api\/v1\/resource-templates$/, (url) => ({ items: templates.filter((one) => fits(url.searchParams, one, 'name', 'title', 'uri_template')) })],
  ['GET', /^\/api\/v1\/prompts$/, (url) => ({ items: prompts.filter((one) => fits(url.searchParams, one, 'name', 'title')) })],
  ['GET', /^\/api\/v1\/inbox$/, () => ({ items: open })],
];

createServer(async (incoming, outgoing) => {
  const url = new URL(incoming.url, 'http://mock');
  const path = url.pathname;
  const list = routes.find(([method, pattern]) => incoming.method === method && pattern.test(path));
  if (list) {
    if (trouble === 'failing') return problem(outgoing, 500, 'storage', 'The database is locked by another process.', { hint: 'Stop the other process.' });
    if (trouble === 'slow') return setTimeout(() => json(outgoing, 200, list[2](url)), 60_000);
    return json(outgoing, 200, trouble === 'empty' ? { items: [] } : list[2](url));
  }
  const [, toolId, action] = /^\/api\/v1\/tools\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const tool = tools.find((one) => one.id === toolId);
  if (toolId && !tool) return problem(outgoing, 404, 'not_found', `There is no tool ${toolId}.`);
  if (tool && !action) return json(outgoing, 200, tool);
  if (tool && action === 'accept') {
    Object.assign(tool, { status: 'available', changed: false, accepted: undefined });
    open.splice(open.findIndex((item) => item.kind === 'tool_changed'), 1);
    news('catalogue', { backend_id: tool.backend_id });
    return json(outgoing, 200, tool);
  }
  if (tool && action === 'call') {
    const { arguments: input = {} } = await bodyOf(incoming);
    if (tool.name === 'picky') {
      const faults = [{ place: '/arguments/age', message: '-1 is less than the minimum of 0' }, { place: '/arguments/address/zip', message: 'must be a text of five digits' }];
      return problem(outgoing, 400, 'invalid_request', 'The arguments do not fit the schema of picky.', { faults, place: '/arguments/age' });
    }
    return json(outgoing, 201, call(tool, input, recorded, (run) => news('run', run)));
  }
  const [, runId, part] = /^\/api\/v1\/runs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const run = runs.get(runId);
  if (run) {
    if (part === 'events') return json(outgoing, 200, { items: run.log.slice(Number(url.searchParams.get('after') ?? 0)) });
    if (part === 'cancel') run.stopped = true;
    if (part === 'input') run.answered?.();
    return json(outgoing, 200, part === 'cancel' ? { run: run.head } : run.head);
  }
  const waiting = open.findIndex((item) => item.kind === 'question' && item.run.id === runId);
  if (waiting >= 0 && part === 'input') {
    const [{ run: head }] = open.splice(waiting, 1);
    news('run', { ...head, status: 'running' });
    return json(outgoing, 200, head);
  }
  if (path === '/api/v1/runs' && url.searchParams.get('tool_id')) return json(outgoing, 200, { items: [...runs.values()].map((one) => one.head).filter((one) => one.tool_id === url.searchParams.get('tool_id')).reverse() });
  const found = blob(path.split('/').at(-1));
  if (found) {
    outgoing.writeHead(200, { 'content-type': found.media_type });
    return outgoing.end(found.bytes);
  }
  const [, backendId, ...rest] = /^\/api\/v1\/backends\/([^/]+)\/(resources\/read|prompts\/get|complete|sign-in)$/.exec(path) ?? [];
  if (backends.some((one) => one.id === backendId)) {
    const body = await bodyOf(incoming);
    if (rest[0] === 'resources/read') {
      const one = read[body.uri] ?? (body.uri.startsWith('demo://resource/dynamic') ? { text: `Resource ${body.uri.split('/').at(-1)}: plain text`, media_type: 'text/plain' } : undefined);
      return one ? json(outgoing, 200, { contents: [{ uri: body.uri, ...one }] }) : problem(outgoing, 404, 'not_found', `The server has no resource ${body.uri}.`);
    }
    if (rest[0] === 'prompts/get') return json(outgoing, 200, { description: 'Filled in', messages: [{ role: 'user', content: { type: 'text', text: `What is the weather in ${body.arguments.city ?? 'Oslo'}?` } }, { role: 'assistant', content: { type: 'text', text: 'Cloudy, **33 degrees**.' } }] });
    if (rest[0] === 'complete') return json(outgoing, 200, { values: ['Engineering', 'Sales', 'Marketing', 'Support', '1', '2', '3'].filter((one) => one.toLowerCase().startsWith(body.value.toLowerCase())), has_more: false });
    return json(outgoing, 200, { url: 'https://auth.example.com/authorize?client_id=x', state: 's', expires_at: new Date(Date.now() + 600_000).toISOString() });
  }
  if (path === '/api/v1/events') return follow(url, outgoing);
  if (path === '/api/v1/backends' && incoming.method === 'GET') return passOn(incoming, outgoing, (real) => ({ items: [...backends, ...(real.items ?? [])] }));
  if (page && !/^\/(api|v1|sign-in|metrics|healthz|readyz)\b/.test(path)) return serve(path, outgoing);
  return passOn(incoming, outgoing);
}).listen(Number(process.argv[2] ?? 7591), '127.0.0.1');
