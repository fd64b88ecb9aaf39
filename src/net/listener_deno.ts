import { plainEndpoint } from "./address.ts";
import { DenoStream, tuneTcp } from "./deno_stream.ts";
import { listenFailure } from "./listen_failure.ts";
import { type ClientStream, DEFAULT_BACKLOG, type Listener, type ListenOptions } from "./listener_types.ts";
import type { Endpoint, Stream } from "./stream.ts";

/** Pause after an accept that failed for want of file descriptors or memory. */
const ACCEPT_PAUSE_MS = 50;

/** A listener over Deno's own stack: the fast path, without TLS. */
export function listenDeno(options: ListenOptions): Promise<Listener> {
  try {
    const listener = Deno.listen({
      hostname: options.host,
      port: options.port,
      reusePort: options.reusePort ?? false,
      tcpBacklog: options.backlog ?? DEFAULT_BACKLOG,
    });
    return Promise.resolve(new DenoListener(listener));
  } catch (error) {
    return Promise.reject(listenFailure(error, options));
  }
}

class DenoListener implements Listener {
  readonly address: Endpoint;
  readonly #listener: Deno.TcpListener;
  #closed = false;

  constructor(listener: Deno.TcpListener) {
    this.#listener = listener;
    this.address = plainEndpoint(listener.addr.hostname, listener.addr.port);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientStream> {
    while (!this.#closed) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#listener.accept();
      } catch {
        // Closed, or out of descriptors, or the client was gone before it was accepted: only the first is final.
        if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
        continue;
      }
      let stream: ClientStream;
      try {
        tuneTcp(conn);
        stream = new DenoClientStream(conn, "tcp");
      } catch {
        conn.close(); // Reset by the client in the meantime.
        continue;
      }
      yield stream;
    }
  }

  setTls(): void {
    throw new TypeError("This listener has no TLS");
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}

class DenoClientStream extends DenoStream implements ClientStream {
  upgrade(): Promise<Stream> {
    return Promise.reject(new TypeError("This listener has no TLS"));
  }
}
