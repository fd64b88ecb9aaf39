import { plainEndpoint } from "./address.ts";
import type { Endpoint, Stream, TlsInfo } from "./stream.ts";

/** Rustls does not tell the version and cipher of a `Deno.TlsConn`. */
const UNTOLD: TlsInfo = { version: undefined, cipher: undefined };

/**
 * A {@link Stream} over Deno's own TCP or TLS connection: the fast path. Reads go to the connection without a wrapper
 * promise.
 */
export class DenoStream implements Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | undefined;
  readonly #conn: Deno.TcpConn | Deno.TlsConn;

  /** Takes the connection over; `tls` where it is a `Deno.TlsConn`. */
  constructor(conn: Deno.TcpConn | Deno.TlsConn, kind: "tcp" | "tls") {
    this.#conn = conn;
    this.remote = plainEndpoint(conn.remoteAddr.hostname, conn.remoteAddr.port);
    this.local = plainEndpoint(conn.localAddr.hostname, conn.localAddr.port);
    this.tls = kind === "tls" ? UNTOLD : undefined;
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
      // Closed before, or consumed by the TLS upgrade: either way this side holds nothing any more.
    }
  }
}

/** Options that every connection of a proxy wants: small writes go out at once, and a vanished peer is noticed. */
export function tuneTcp(conn: Deno.TcpConn): void {
  conn.setNoDelay(true);
  conn.setKeepAlive(true);
}
