// Writes `licences.json`: the packages that are in the page, with the texts of their licences.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface Licence {
  name: string;
  version: string;
  licence: string;
  text: string;
}

const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;

function read(folder: string): Licence | undefined {
  const about = join(folder, 'package.json');
  if (!existsSync(about)) return undefined;
  const { name, version, license } = JSON.parse(readFileSync(about, 'utf8')) as { name?: string; version?: string; license?: string };
  if (name === undefined || version === undefined) return undefined;
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  return { name, version, licence: license ?? '?', text: files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n') };
}

function written(folders: Iterable<string>): string {
  const all = [...new Set(folders)].map(read).filter((one) => one !== undefined);
  return JSON.stringify(all.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

export function licences(): Plugin {
  let root = '';
  return {
    name: 'licences',
    configResolved(config) {
      root = config.root;
    },
    generateBundle() {
      const folders = [...this.getModuleIds()].flatMap((id) => PACKAGE.exec(id.replaceAll('\\', '/').replace(/^\0/, ''))?.[1] ?? []);
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: written(folders) });
    },
    // While developing nothing is bundled: what the page names as its dependencies must do.
    configureServer(server) {
      server.middlewares.use('/licences.json', (_request, response) => {
        const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
        response.setHeader('content-type', 'application/json');
        response.end(written(Object.keys(dependencies).map((name) => join(root, 'node_modules', name))));
      });
    },
  };
}
