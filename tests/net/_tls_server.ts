/** A listener with TLS on the client leg and clients for it, for the tests of both legs. */
import { Buffer } from "node:buffer";
import { Secret } from "../../src/base/secret.ts";
import {
  type BackendTls,
  type ClientLegTls,
  createBackendConnector,
  listen,
  type Listener,
  type Stream,
} from "../../src/net/mod.ts";
import { authority, type Certificate, chainOf, intermediate, issue } from "../support/certificates.ts";

export const root = authority();
export const stranger = authority({ commonName: "Another CA" });
export const certificate = issue(intermediate(root), { dns: ["db.test", "localhost"], ip: ["127.0.0.1"] });
const clientCertificate = issue(root, { commonName: "client", purposes: ["clientAuth"] });
export const OWN = { certPem: clientCertificate.pem, keyPem: new Secret(clientCertificate.keyPem) };
/** What stands for SSLRequest here: one byte. */
export const REQUEST = Uint8Array.of(0x21);

export function legTls(of: Certificate, changes: Partial<ClientLegTls> = {}): ClientLegTls {
  return {
    certPem: chainOf(of).map(({ pem }) => pem).join(""),
    keyPem: new Secret(of.keyPem),
    handshakeTimeoutMs: 60_000,
    ...changes,
  };
}

/** A listener whose clients ask for TLS and are then handled by `serve`; what the server's side threw is kept. */
export function serveTls(tls: ClientLegTls, serve: (stream: Stream) => Promise<void>) {
  const listener = listen({ host: "127.0.0.1", port: 0, tls });
  const errors: unknown[] = [];
  const handling: Promise<void>[] = [];
  const handle = async (client: Awaited<ReturnType<typeof nextClient>>): Promise<void> => {
    let stream: Stream = client;
    try {
      const buffer = new Uint8Array(4096);
      const count = await client.read(buffer);
      if (count === null) return;
      stream = await client.upgrade(buffer.subarray(1, count));
      await serve(stream);
    } catch (error) {
      errors.push(error);
    } finally {
      stream.close();
    }
  };
  const accepting = (async () => {
    for await (const client of listener) handling.push(handle(client));
  })();
  const stop = async (): Promise<void> => {
    listener.close();
    await accepting;
    await Promise.all(handling);
  };
  return { listener, errors, stop, [Symbol.asyncDispose]: stop };
}

async function nextClient(listener: Listener) {
  for await (const client of listener) return client;
  throw new Error("The listener ended");
}

export async function echo(stream: Stream): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let count = await stream.read(buffer); count !== null; count = await stream.read(buffer)) {
    await stream.write(buffer.slice(0, count));
  }
  await stream.closeWrite();
}

export function connectorTo(listener: Listener, tls: BackendTls, host = "127.0.0.1") {
  return createBackendConnector({
    host,
    port: listener.address.port,
    family: "auto",
    connectTimeoutMs: 60_000,
    tls,
    requestTls: (stream) => stream.write(REQUEST),
  });
}

export async function connectTls(listener: Listener, tls: BackendTls, host?: string): Promise<Stream> {
  const signal = new AbortController().signal;
  const plain = await connectorTo(listener, tls, host).connect(signal);
  await plain.write(REQUEST);
  return await plain.upgrade(signal);
}

/** Writes `bytes`, ends, reads to the end. */
export async function exchange(stream: Stream, bytes: Uint8Array): Promise<Uint8Array> {
  const writing = stream.write(bytes).then(() => stream.closeWrite());
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (let count = await stream.read(buffer); count !== null; count = await stream.read(buffer)) {
    parts.push(buffer.slice(0, count));
  }
  await writing;
  return new Uint8Array(Buffer.concat(parts));
}
