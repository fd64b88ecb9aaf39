/** An IP endpoint. `host` is an address without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What is known of the TLS on a stream. */
export interface TlsInfo {
  /** `TLSv1.2` or `TLSv1.3`; `undefined` where the stack does not tell. */
  readonly version: string | undefined;
  /** Cipher suite by its IANA or OpenSSL name; `undefined` where the stack does not tell. */
  readonly cipher: string | undefined;
}

/**
 * A byte stream to one peer, whichever stack carries it. One reader and one writer at a time.
 *
 * Errors: `read` and `write` reject with the stack's own error when the peer resets the connection or the stream is
 * closed from this side; an orderly end of the peer's direction is `null` from `read`.
 */
export interface Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** `undefined` on a plaintext stream. */
  readonly tls: TlsInfo | undefined;
  /** Fills the front of `buffer`; resolves to the number of bytes (at least 1) or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Writes all of `bytes`. The bytes must stay unchanged until the promise resolves; it resolves once the stack has
   * taken them all, which is how backpressure reaches the caller.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends this side's direction and leaves the other open. */
  closeWrite(): Promise<void>;
  /** Closes both directions at once; pending reads and writes end. Safe to call again. */
  close(): void;
}
