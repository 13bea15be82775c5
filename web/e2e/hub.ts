import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = (name: string): string => fileURLToPath(new URL(`../../target/debug/${name}`, import.meta.url));
const binary = process.env.JACKFIELD_BIN ?? built('jackfield');

/** A hub of its own for a test, with the simulated peers. It can be killed and started again on the same data. */
export class TestHub {
  readonly base: string;
  readonly #data: string;
  readonly #port: number;
  #process: ChildProcess | undefined;
  #peers: ChildProcess | undefined;
  #said = '';

  private constructor(data: string, port: number, base: string) {
    this.#data = data;
    this.#port = port;
    this.base = base;
  }

  /** `peers`: the simulated ones run by themselves, and go on when the hub is killed. */
  static async start(options: { base?: string; peers?: 'inside' | 'outside' } = {}): Promise<TestHub> {
    const data = await mkdtemp(join(tmpdir(), 'jackfield-e2e-'));
    const hub = new TestHub(data, await freePort(), options.base ?? '');
    if (options.peers === 'outside') await hub.#runPeers();
    else await hub.run();
    return hub;
  }

  /** The same hub as it is seen through something in between. */
  at(port: number): TestHub {
    return new TestHub(this.#data, port, this.base);
  }

  get port(): number {
    return this.#port;
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.base}`;
  }

  async run(): Promise<void> {
    const base = this.base ? ['--base-path', this.base] : [];
    const child = spawn(binary, ['serve', ...(this.#peers ? [] : ['--demo']), '--data-dir', this.#data, '--listen', `127.0.0.1:${this.#port}`, ...base]);
    this.#process = child;
    child.stdout.on('data', (said: Buffer) => (this.#said += said.toString()));
    child.stderr.on('data', (said: Buffer) => (this.#said += said.toString()));
    for (let tries = 0; tries < 200; tries += 1) {
      const ready = await fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      if (child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`The hub did not start.\n${this.#said}`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async #runPeers(): Promise<void> {
    const peers = spawn(built('demo-peers'), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#peers = peers;
    let said = '';
    const line = await new Promise<string>((resolve, reject) => {
      peers.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        if (said.includes('\n')) resolve(said);
      });
      peers.once('exit', (code) => reject(new Error(`The peers ended with ${code}.`)));
    });
    await this.run();
    for (const backend of JSON.parse(line) as { name: string }[]) {
      await this.call('POST', '/api/v1/backends', backend);
      await this.call('POST', `/api/v1/backends/${backend.name}/discover`);
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#peers?.stdin?.end();
    await rm(this.#data, { recursive: true, force: true });
  }

  /** A call of the API, as a program makes it. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#ask(method, path, body);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** One figure of the hub's metrics. */
  async figure(name: string): Promise<number> {
    const text = await (await this.#ask('GET', '/metrics')).text();
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const token = (await readFile(join(this.#data, 'token'), 'utf8')).trim();
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** A link that signs a browser in. */
  async signInLink(): Promise<string> {
    const { path } = await this.call<{ path: string }>('POST', '/api/v1/sign-in');
    return new URL(path, this.url).href;
  }

  /** Starts a run; waits until the peers have been discovered. */
  async startRun(backend: string, workflow: string, text: string): Promise<string> {
    for (let tries = 0; ; tries += 1) {
      try {
        const run = await this.call<{ id: string }>('POST', '/api/v1/runs', { backend, workflow, input: { text } });
        return run.id;
      } catch (error) {
        if (tries > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Waits for the end of a run; gives its status. */
  async ended(run: string): Promise<string> {
    for (let tries = 0; tries < 300; tries += 1) {
      const { status, done } = await this.call<{ status: string; done?: unknown }>('GET', `/api/v1/runs/${run}`);
      if (done) return status;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`The run ${run} did not end.`);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
