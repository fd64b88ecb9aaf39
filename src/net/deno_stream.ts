import { plainEndpoint } from "./address.ts";
import type { Endpoint, Stream, TlsInfo } from "./stream.ts";

/** A {@link Stream} over Deno's TCP connection. Reads go to the connection without a wrapper promise. */
export class DenoStream implements Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | undefined = undefined;
  readonly #conn: Deno.TcpConn;

  /** Takes the connection over. */
  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.remote = plainEndpoint(conn.remoteAddr.hostname, conn.remoteAddr.port);
    this.local = plainEndpoint(conn.localAddr.hostname, conn.localAddr.port);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#conn.write(bytes).then((written) =>
      written < bytes.length ? this.#writeRest(bytes, written) : undefined
    );
  }

  async #writeRest(bytes: Uint8Array, written: number): Promise<void> {
    let done = written;
    while (done < bytes.length) done += await this.#conn.write(bytes.subarray(done));
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // Closed before.
    }
  }
}

/** Options that every connection of a proxy wants: small writes go out at once, and a vanished peer is noticed. */
export function tuneTcp(conn: Deno.TcpConn): void {
  conn.setNoDelay(true);
  conn.setKeepAlive(true);
}
