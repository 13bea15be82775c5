import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between the hub and a peer that can be cut: what goes through it is not looked at. */
export class Network {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #away = false;

  private constructor(port: number) {
    this.#server = createServer((socket) => this.#join(socket, port));
  }

  static async before(port: number): Promise<Network> {
    const network = new Network(port);
    await new Promise<void>((resolve) => network.#server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections go through it. */
  get open(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks every connection, as a cable that is pulled does; while it is away, new ones break too. */
  cut(): void {
    this.#away = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#away = false;
  }

  async end(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, port: number): void {
    if (this.#away) {
      from.resetAndDestroy();
      return;
    }
    const to = connect(port, '127.0.0.1');
    for (const [one, other] of [[from, to], [to, from]] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
