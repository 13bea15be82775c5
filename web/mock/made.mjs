import { crc32, deflateSync } from 'node:zlib';

// States that no recorded server shows, and what a hub adds to what a server says.
const now = () => new Date().toISOString();
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const id = (kind, number) => `0198c0de-${kind}-7000-8000-${String(number).padStart(12, '0')}`;

/** A small picture: a PNG of a colour that changes from left to right. */
export const PIXEL = (() => {
  const [width, height] = [160, 96];
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows.set([79 + x, 70 + y, 229], y * (1 + width * 3) + 1 + x * 3);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]).toString('base64');
})();

const health = (state, error) => ({ state, since: ago(42), checked_at: ago(0.2), latency_ms: state === 'connected' ? 12 : null, last_error: error ?? null });

export const backends = [
  ['everything', 'connected', { title: 'Everything Reference Server', version: '2.0.0' }],
  ['lab', 'connected'],
  ['time', 'unreachable', undefined, { code: 'peer_unreachable', message: 'The program ended 3 s after its start: exit status 1.', hint: 'Look at the journal of the backend.' }],
  ['odd ones', 'connected'],
  ['crm', 'sign_in_required', undefined, { code: 'unauthorized', message: 'The server asks for a sign-in.' }],
  ['bulk', 'connected'],
].map(([name, state, peer, error], number) => ({
  id: id('beef', number + 1), name, type: 'mcp', platform: 'mcp', base_url: 'stdio', enabled: true, options: {}, secrets: [], created_at: ago(9000), updated_at: ago(9000),
  health: health(state, error), peer: peer ? { name: peer.title, version: peer.version } : null,
}));

const text = { type: 'string' };
const odd = [
  { name: 'no_schema', description: 'Its author forgot the schema.', problem: 'It has no input schema.' },
  { name: 'remote_reference', description: 'Asks the client to fetch a schema.', inputSchema: { type: 'object', properties: { a: { $ref: 'https://example.com/schema.json' } } }, problem: 'Its input schema cannot be used: it refers to a place outside itself (https://example.com/schema.json).' },
  { name: 'whisper', description: 'Adds two numbers.\u200b\u2063\u2063 ', inputSchema: { type: 'object', properties: { a: { type: 'number' } } }, warnings: ['Its texts hold 3 characters that cannot be seen; they may be meant for a model and not for you.'] },
  {
    name: 'delete_files', title: 'Delete files', description: 'Deletes files for good.\n\nUse with care: there is no way back.', annotations: { destructiveHint: true, readOnlyHint: false, openWorldHint: false },
    inputSchema: { type: 'object', required: ['paths'], properties: { paths: { type: 'array', items: text, minItems: 1, description: 'What to delete.' }, force: { type: 'boolean', default: false }, notify: { type: 'string', format: 'email', description: 'Who is told. New since yesterday.' } } },
    accepted: { name: 'delete_files', title: 'Delete files', description: 'Deletes files after asking.', annotations: { destructiveHint: true, readOnlyHint: false }, inputSchema: { type: 'object', required: ['paths'], properties: { paths: { type: 'array', items: text, minItems: 1, description: 'What to delete.' }, force: { type: 'boolean', default: false } } } },
  },
  { name: 'old_search', description: 'Was here last week.', inputSchema: { type: 'object', properties: { q: text } }, present: false },
  { name: 'media', title: 'All kinds of content', description: 'Gives an image, a sound, a resource and a link.', annotations: { readOnlyHint: true }, inputSchema: { type: 'object', properties: {} } },
  { name: 'empty', description: 'Gives a result without content.', inputSchema: { type: 'object', properties: {} } },
  { name: 'nothing', description: 'Ends without any result.', inputSchema: { type: 'object', properties: {} } },
  { name: 'picky', description: 'Refuses its arguments.', inputSchema: { type: 'object', required: ['name'], properties: { name: text, age: { type: 'integer', minimum: 0 }, address: { type: 'object', properties: { zip: text } } } } },
  { name: 'broken', description: 'Fails as a tool does.', inputSchema: { type: 'object', properties: {} } },
  { name: 'lost', description: 'Loses its connection in the middle.', inputSchema: { type: 'object', properties: {} } },
  { name: 'ask', description: 'Asks something in the middle.', inputSchema: { type: 'object', properties: {} } },
  {
    name: 'create_ticket_in_the_project_management_system_with_every_field_there_is', title: 'Create a ticket in the project management system with every field that there is', description: 'A schema with everything in it.',
    inputSchema: {
      type: 'object', required: ['title', 'assignee', 'kind'], $defs: { Person: { type: 'object', title: 'Person', required: ['name'], properties: { name: text, email: { type: 'string', format: 'email' }, boss: { $ref: '#/$defs/Person' } } } },
      properties: {
        title: { type: 'string', title: 'Title', minLength: 3, maxLength: 120 }, body: { type: 'string', description: 'Markdown.' }, assignee: { $ref: '#/$defs/Person', description: 'Who works on it.' },
        kind: { oneOf: [{ type: 'object', title: 'Bug', required: ['type', 'severity'], properties: { type: { const: 'bug' }, severity: { enum: ['low', 'high'] } } }, { type: 'object', title: 'Feature', properties: { type: { const: 'feature' }, votes: { type: 'integer' } } }] },
        labels: { type: 'array', uniqueItems: true, items: { enum: ['ui', 'api', 'docs'] } }, due: { type: 'string', format: 'date' }, estimate: { anyOf: [{ type: 'number' }, { type: 'null' }], default: null }, fields: { type: 'object', additionalProperties: text }, attachment: { type: 'string', contentEncoding: 'base64' }, public: { type: 'boolean', default: true },
      },
    },
    outputSchema: { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, url: { type: 'string', format: 'uri' } } },
  },
];

const bulk = Array.from({ length: 1200 }, (_, at) => ({ name: `operation_${String(at).padStart(4, '0')}`, description: `Does the thing number ${at} of a very long list of things that can be done.`, inputSchema: { type: 'object', properties: { id: { type: 'integer' } } } }));

const byName = Object.fromEntries(backends.map((backend) => [backend.name, backend]));

function view(backend, definition, number) {
  const { problem, warnings, accepted, present = true, ...info } = definition;
  const down = backend.health.state !== 'connected';
  const status = !present ? 'gone' : problem ? 'quarantined' : down ? 'backend_down' : accepted ? 'changed' : 'available';
  const server = backend.name.replace(/\W/g, '_');
  return {
    id: id('face', number), backend_id: backend.id, backend: backend.name, qualified_name: `${server}__${info.name}`.slice(0, 64), discovered_at: ago(12), present, changed: accepted !== undefined, accepted, status,
    name: info.name, title: info.title ?? info.annotations?.title, description: info.description, input_schema: info.inputSchema ?? null, output_schema: info.outputSchema, annotations: info.annotations,
    task_support: info.execution?.taskSupport, definition: info, fingerprint: [...info.name].reduce((sum, c) => (sum * 33 + c.charCodeAt(0)) % 2 ** 40, 7).toString(16).padStart(64, 'a1b2c3'), problem, warnings: warnings ?? [],
  };
}

export function toolsOf(recorded) {
  const sets = [['everything', recorded.everything.tools], ['lab', recorded.lab.tools], ['time', recorded.time.tools], ['odd ones', odd], ['bulk', bulk]];
  let number = 0;
  return sets.flatMap(([name, definitions]) => definitions.map((definition) => view(byName[name], definition, (number += 1))));
}

const offered = (name, info) => ({ backend_id: byName[name].id, backend: name, ...info });

export const resources = [
  offered('everything', { uri: 'demo://resource/static/document/architecture.md', name: 'architecture.md', title: 'Architecture', description: 'How the server is built.', media_type: 'text/markdown', size: 4231 }),
  offered('everything', { uri: 'demo://resource/static/image/logo.png', name: 'logo.png', media_type: 'image/png', size: 2210 }),
  offered('everything', { uri: 'demo://resource/static/data.json', name: 'data.json', media_type: 'application/json' }),
  offered('everything', { uri: 'demo://resource/static/blob.bin', name: 'blob.bin', media_type: 'application/octet-stream', size: 1_400_000 }),
  ...Array.from({ length: 40 }, (_, at) => offered('lab', { uri: `file:///srv/notes/2026/${at + 1}.txt`, name: `note ${at + 1}`, media_type: 'text/plain' })),
];

export const templates = [
  offered('everything', { uri_template: 'demo://resource/dynamic/text/{resourceId}', name: 'Dynamic Text Resource', description: 'Plaintext dynamic resource fabricated from the {resourceId} variable, which must be an integer.', media_type: 'text/plain' }),
  offered('lab', { uri_template: 'file:///{+path}{?lines,from}', name: 'file', title: 'A file' }),
];

export const prompts = [
  offered('everything', { name: 'simple-prompt', title: 'Simple Prompt', description: 'A prompt with no arguments', arguments: [] }),
  offered('everything', { name: 'args-prompt', title: 'Arguments Prompt', description: 'A prompt with two arguments, one required and one optional', arguments: [{ name: 'city', description: 'Name of the city', required: true }, { name: 'state', description: 'Name of the state', required: false }] }),
  offered('everything', { name: 'completable-prompt', title: 'Team Management', description: 'First argument choice narrows values for second argument.', arguments: [{ name: 'department', description: 'Choose the department.', required: true }, { name: 'name', description: 'Choose a team member to lead the selected department.', required: true }] }),
];

export const read = {
  'demo://resource/static/document/architecture.md': { text: '# Architecture\n\nThe server has **three** parts:\n\n- transports\n- features\n- a store\n\n```ts\nconst server = createServer();\n```\n', media_type: 'text/markdown' },
  'demo://resource/static/image/logo.png': { base64: PIXEL, media_type: 'image/png' },
  'demo://resource/static/data.json': { text: '{"temperature": 33, "conditions": ["cloudy", "warm"], "place": {"name": "Oslo", "id": 7}}', media_type: 'application/json' },
  'demo://resource/static/blob.bin': { base64: Buffer.from('some bytes that are no text').toString('base64'), media_type: 'application/octet-stream' },
};

const question = (kind, prompt, more) => ({ request_id: id('ab1e', Math.floor(Math.random() * 1e9)), kind, prompt, ...more });

export const questions = {
  form: () => question('form', 'The server needs to know where to send it.', { schema: { type: 'object', required: ['name'], properties: { name: { type: 'string', title: 'Name' }, express: { type: 'boolean', title: 'By express', default: false }, floor: { type: 'integer', minimum: 0, maximum: 99 } } }, expires_at: new Date(Date.now() + 9 * 60_000).toISOString() }),
  choice: () => question('choice', 'Delete **47 files** in `/srv/old`?', { choices: [{ id: 'yes', label: 'Delete them', style: 'danger' }, { id: 'no', label: 'Keep them' }] }),
};

const waitingRun = (number, backend, workflow, minutes) => ({ id: id('d00d', number), backend_id: byName[backend].id, workflow_name: workflow, status: 'waiting', input: {}, last_seq: 3, attempt: 1, created_at: ago(minutes), started_at: ago(minutes) });

export function inbox(tools) {
  const changed = tools.find((tool) => tool.name === 'delete_files');
  return [
    { kind: 'question', run: waitingRun(1, 'lab', 'ask_name', 3), backend: 'lab', question: questions.form(), asked_at: ago(3) },
    { kind: 'question', run: waitingRun(2, 'odd ones', 'Clean the disks of all machines in the second building', 140), backend: 'odd ones', question: questions.choice(), asked_at: ago(140) },
    { kind: 'sign_in', backend_id: byName.crm.id, backend: 'crm', asked_at: ago(30) },
    ...(changed.changed ? [{ kind: 'tool_changed', tool_id: changed.id, tool: changed.qualified_name, backend: 'odd ones', asked_at: ago(600) }] : []),
  ];
}

export { id, now };
