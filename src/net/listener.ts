import { plainEndpoint } from "./address.ts";
import { ClientLegHandshakes } from "./client_leg_tls.ts";
import type { ConnectionCounts } from "./connection_counts.ts";
import { DenoStream, tuneTcp } from "./deno_stream.ts";
import { listenFailure } from "./listen_failure.ts";
import type { ClientLegTls, ClientStream, Listener, ListenOptions } from "./listener_types.ts";
import type { Endpoint, Stream } from "./stream.ts";

/** Backlog where none is asked for. */
const DEFAULT_BACKLOG = 511;
/** Pause after an accept that failed: descriptors or memory are lacking, and trying at once would only take CPU. */
const ACCEPT_PAUSE_MS = 50;

/**
 * Listens for clients. Errors: `QuerycopError` with code `listen.<reason>` that says why the address cannot be used,
 * and `tls.unusable` where the certificate, key or client CA cannot be.
 */
export function listen(options: ListenOptions): Listener {
  const handshakes = options.tls === undefined ? undefined : new ClientLegHandshakes(options.tls);
  try {
    const listener = Deno.listen({
      hostname: options.host,
      port: options.port,
      reusePort: options.reusePort ?? false,
      tcpBacklog: options.backlog ?? DEFAULT_BACKLOG,
    });
    return new DenoListener(listener, handshakes, options);
  } catch (error) {
    throw listenFailure(error, options);
  }
}

class DenoListener implements Listener {
  readonly address: Endpoint;
  readonly #listener: Deno.TcpListener;
  readonly #handshakes: ClientLegHandshakes | undefined;
  readonly #options: Pick<ListenOptions, "counts" | "onAcceptFailed">;
  #closed = false;

  constructor(
    listener: Deno.TcpListener,
    handshakes: ClientLegHandshakes | undefined,
    options: Pick<ListenOptions, "counts" | "onAcceptFailed">,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#handshakes = handshakes;
    this.address = plainEndpoint(listener.addr.hostname, listener.addr.port);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientStream> {
    while (!this.#closed) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        // Closed, or out of descriptors, or the client was gone before it was accepted: only the first is final.
        if (this.#closed) break;
        this.#options.counts?.acceptFailed();
        this.#options.onAcceptFailed?.(error);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
        continue;
      }
      try {
        tuneTcp(conn);
      } catch {
        conn.close(); // Reset by the client in the meantime.
        continue;
      }
      yield new DenoClientStream(conn, this.#handshakes, this.#options.counts);
    }
  }

  setTls(tls: ClientLegTls): void {
    if (this.#handshakes === undefined) throw new TypeError("This listener has no TLS");
    this.#handshakes.setTls(tls);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}

class DenoClientStream extends DenoStream implements ClientStream {
  readonly #handshakes: ClientLegHandshakes | undefined;

  readonly #counts: ConnectionCounts | undefined;

  constructor(
    conn: Deno.TcpConn,
    handshakes: ClientLegHandshakes | undefined,
    counts: ConnectionCounts | undefined,
  ) {
    super(conn);
    this.#handshakes = handshakes;
    this.#counts = counts;
  }

  upgrade(alreadyRead: Uint8Array): Promise<Stream> {
    if (this.#handshakes === undefined) return Promise.reject(new TypeError("This listener has no TLS"));
    const upgraded = this.#handshakes.upgrade(this, alreadyRead);
    return this.#counts?.handshake("client", upgraded) ?? upgraded;
  }
}
