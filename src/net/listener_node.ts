import { createServer, type Server, type Socket } from "node:net";
import { AcceptQueue } from "./accept_queue.ts";
import { plainEndpoint } from "./address.ts";
import { ClientLegHandshakes } from "./client_leg_tls.ts";
import { listenFailure } from "./listen_failure.ts";
import {
  type ClientLegTls,
  type ClientStream,
  DEFAULT_BACKLOG,
  type Listener,
  type ListenOptions,
} from "./listener_types.ts";
import { NodeStream } from "./node_stream.ts";
import type { Endpoint, Stream } from "./stream.ts";

/** A listener over `node:net`, whose connections can be upgraded to TLS. */
export function listenNode(options: ListenOptions, tls: ClientLegTls): Promise<Listener> {
  const handshakes = new ClientLegHandshakes(tls);
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect: true });
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenFailure(error, options)));
    const { host, port, reusePort = false, backlog = DEFAULT_BACKLOG } = options;
    server.listen({ host, port, reusePort, backlog }, () => {
      server.removeAllListeners("error");
      resolve(new NodeListener(server, handshakes));
    });
  });
}

class NodeListener implements Listener {
  readonly address: Endpoint;
  readonly #server: Server;
  readonly #handshakes: ClientLegHandshakes;
  readonly #queue = new AcceptQueue<ClientStream>();

  constructor(server: Server, handshakes: ClientLegHandshakes) {
    this.#server = server;
    this.#handshakes = handshakes;
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("The server does not listen");
    this.address = plainEndpoint(address.address, address.port);
    server.on("connection", (socket) => {
      const stream = new NodeClientStream(socket, handshakes);
      if (!this.#queue.push(stream)) stream.close();
    });
    // Accepting failed for one connection or for want of descriptors; the server goes on by itself.
    server.on("error", () => {});
  }

  [Symbol.asyncIterator](): AsyncIterator<ClientStream> {
    return this.#queue[Symbol.asyncIterator]();
  }

  setTls(tls: ClientLegTls): void {
    this.#handshakes.setTls(tls);
  }

  close(): void {
    this.#server.close();
    for (const stream of this.#queue.close()) stream.close();
  }
}

class NodeClientStream extends NodeStream implements ClientStream {
  readonly #handshakes: ClientLegHandshakes;

  constructor(socket: Socket, handshakes: ClientLegHandshakes) {
    super(socket);
    this.#handshakes = handshakes;
  }

  upgrade(alreadyRead: Uint8Array): Promise<Stream> {
    return this.#handshakes.upgrade(this, alreadyRead);
  }
}
