import net from "node:net";

/** What the connections through a valve share. */
interface Flow {
  open: boolean;
  passed: number;
  readonly upstreams: Set<net.Socket>;
}

/** A TCP relay whose flow to the client can be shut: what a client is that does not read, its TLS included. */
export class Valve implements AsyncDisposable {
  readonly port: number;
  readonly #server: net.Server;
  readonly #flow: Flow;

  private constructor(server: net.Server, flow: Flow) {
    this.port = (server.address() as net.AddressInfo).port;
    this.#server = server;
    this.#flow = flow;
  }

  /** Listens on a free port for connections to pass on to `port`. */
  static async open(port: number): Promise<Valve> {
    const flow: Flow = { open: true, passed: 0, upstreams: new Set<net.Socket>() };
    const server = net.createServer((client) => {
      const upstream = net.connect(port, "127.0.0.1");
      flow.upstreams.add(upstream);
      client.on("data", (chunk) => upstream.write(chunk));
      upstream.on("data", (chunk) => {
        flow.passed += chunk.length;
        client.write(chunk);
      });
      if (!flow.open) upstream.pause();
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
      client.on("error", () => upstream.destroy());
      upstream.on("error", () => client.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Valve(server, flow);
  }

  /** Bytes that passed to clients. */
  get passed(): number {
    return this.#flow.passed;
  }

  shut(): void {
    this.#flow.open = false;
    for (const upstream of this.#flow.upstreams) upstream.pause();
  }

  reopen(): void {
    this.#flow.open = true;
    for (const upstream of this.#flow.upstreams) upstream.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const upstream of this.#flow.upstreams) upstream.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
