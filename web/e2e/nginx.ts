import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.NGINX ?? '/usr/sbin/nginx';

/** An nginx that passes a path on to a hub, as the guide of the API says (docs/guide/api.md, “Behind a proxy”). */
export class Nginx {
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder;
    this.#process = child;
  }

  static async before(hub: number, port: number, path: string): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'jackfield-nginx-'));
    await writeFile(join(folder, 'nginx.conf'), configuration(folder, hub, port, path));
    const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'inherit' });
    for (let tries = 0; tries < 100; tries += 1) {
      if (await fetch(`http://127.0.0.1:${port}${path}/readyz`).then((answer) => answer.ok, () => false)) return new Nginx(folder, child);
      if (child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill('SIGKILL');
    throw new Error(`nginx did not come up (${program}, code ${child.exitCode}).`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const configuration = (folder: string, hub: number, port: number, path: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location ${path}/ {
      proxy_pass http://127.0.0.1:${hub};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_read_timeout 1h;
    }
  }
}
`;
