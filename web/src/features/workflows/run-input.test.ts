import { describe, expect, it } from 'vitest';
import { dataSchema, EMPTY_DRAFT, fileFields, isComplete, needsFields, pathFields, startOf, takesText } from './run-input';
import { entry, row } from './samples';

const schema = (properties: Record<string, unknown>, required: string[] = []) => ({ type: 'object', properties, required, additionalProperties: true });
const { workflow } = row('w');

describe('what an entry takes', () => {
  it('leaves out of the fields what the text, the session and files are', () => {
    const chat = entry({ input_schema: schema({ chatInput: { type: 'string' }, sessionId: { type: 'string' } }, ['chatInput']) });
    expect(dataSchema(chat)).toBeUndefined();
    expect(needsFields(chat)).toBe(false);
    const more = entry({ kind: 'webhook', input_schema: schema({ message: {}, order: { type: 'integer' }, sessionId: {} }, ['message', 'order']) });
    expect(dataSchema(more)).toMatchObject({ properties: { order: { type: 'integer' } }, required: ['order'] });
    expect(needsFields(more)).toBe(true);
  });

  it('takes only the first known name for the text', () => {
    expect(dataSchema(entry({ kind: 'webhook', input_schema: schema({ text: {}, message: {} }) }))).toMatchObject({ properties: { text: {} } });
  });

  it('knows the fields that files go into', () => {
    const files = { type: 'array', items: { type: 'string', format: 'binary' } };
    const one = entry({ kind: 'api', input_schema: schema({ input: { type: 'string' }, files }) });
    expect(fileFields(one)).toEqual(['files']);
    expect(dataSchema(one)).toBeUndefined();
    expect(fileFields(entry())).toEqual(['file']);
  });

  it('reads the parts of an address that must be filled in', () => {
    expect(pathFields(entry({ url: 'http://n8n:5678/webhook/u/orders/:orderId/:part?x=:no' }))).toEqual(['orderId', 'part']);
    expect(pathFields(entry({ url: null }))).toEqual([]);
  });

  it('takes no text where it begins with a form', () => {
    const form = entry({ kind: 'form', input_schema: schema({ question: { type: 'string' } }) });
    expect(takesText(form)).toBe(false);
    expect(dataSchema(form)).toMatchObject({ properties: { question: {} } });
  });
});

describe('the request', () => {
  it('says only what was filled in', () => {
    expect(startOf(workflow, entry(), { ...EMPTY_DRAFT, text: 'Hello' }, { conversation: 'c', session: 's' })).toEqual({
      workflow_id: workflow.id,
      entry: 'in',
      conversation_id: 'c',
      input: { text: 'Hello', session_id: 's' },
    });
    expect(startOf(workflow, undefined, EMPTY_DRAFT)).toEqual({ workflow_id: workflow.id, input: {} });
  });

  it('sends a form even when it is empty, and no text with it', () => {
    expect(startOf(workflow, entry({ kind: 'form' }), { ...EMPTY_DRAFT, text: 'left over' }).input).toEqual({ data: {} });
  });

  it('drops pairs without a name', () => {
    const draft = { ...EMPTY_DRAFT, query: [{ name: ' a ', value: '1' }, { name: '', value: '2' }] };
    expect(startOf(workflow, entry({ kind: 'webhook' }), draft).input?.query).toEqual({ a: '1' });
  });

  it('is complete when there is something to say, and the address is whole', () => {
    expect(isComplete(entry(), EMPTY_DRAFT)).toBe(false);
    expect(isComplete(entry(), { ...EMPTY_DRAFT, text: ' x ' })).toBe(true);
    const webhook = entry({ kind: 'webhook', url: 'http://n8n/webhook/:id' });
    expect(isComplete(webhook, EMPTY_DRAFT)).toBe(false);
    expect(isComplete(webhook, { ...EMPTY_DRAFT, path: { id: '7' } })).toBe(true);
  });
});
