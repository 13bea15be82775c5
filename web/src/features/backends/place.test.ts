import { expect, it } from 'vitest';
import { placeOf } from './place';

it('shows the command of a local program in place of `stdio:`', () => {
  expect(placeOf({ base_url: 'http://n8n.test', options: null })).toBe('http://n8n.test');
  expect(placeOf({ base_url: 'stdio:', options: { command: 'npx', args: ['-y', '${secret:arg.1}'] } })).toBe('npx -y ${secret:arg.1}');
  expect(placeOf({ base_url: 'stdio:', options: null })).toBe('stdio:');
});
