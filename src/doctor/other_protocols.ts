import { TlsError } from "../base/errors.ts";
import type { BackendStream, Stream } from "../net/mod.ts";
import { nameSpokenProtocol, type OtherProtocol } from "../protocol/other_protocols.ts";

/** PostgreSQL's SSLRequest, answered with one letter. */
const POSTGRES_SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);
const HTTP_REQUEST = new TextEncoder().encode(
  "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
);

/**
 * What a server is that waits for its client to speak: asked in HTTP, TLS and PostgreSQL at once, each on a connection
 * of its own. `undefined` where it answers none.
 */
export async function nameSilentProtocol(
  connect: () => Promise<BackendStream>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<OtherProtocol | undefined> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const [tls, spoken, postgres] = await Promise.all([
    tried(connect, limited, (stream) => answersTls(stream, limited)),
    tried(connect, limited, async (stream) => nameSpokenProtocol(await ask(stream, HTTP_REQUEST))),
    tried(connect, limited, async (stream) => {
      const [letter] = await ask(stream, POSTGRES_SSL_REQUEST);
      return letter === 0x53 || letter === 0x4e ? { code: "postgresql", name: "PostgreSQL" } : undefined;
    }),
  ]);
  return tls ?? postgres ?? spoken;
}

async function answersTls(stream: BackendStream, signal: AbortSignal): Promise<OtherProtocol | undefined> {
  const found = { code: "tls", name: "TLS without MySQL" };
  try {
    (await stream.upgrade(signal)).close();
    return found;
  } catch (error) {
    // An alert, such as a demand for another name, is TLS as well; other bytes are not.
    const alert = error instanceof TlsError && /alert/i.test(String(error.cause ?? error.message));
    return alert || (error instanceof TlsError && error.reason === "protocol") ? found : undefined;
  }
}

async function ask(stream: Stream, question: Uint8Array): Promise<Uint8Array> {
  await stream.write(question);
  const buffer = new Uint8Array(256);
  const count = await stream.read(buffer);
  return buffer.subarray(0, count ?? 0);
}

/** Runs one attempt; that it fails or takes too long only means that this was not it. */
async function tried(
  connect: () => Promise<BackendStream>,
  signal: AbortSignal,
  attempt: (stream: BackendStream) => Promise<OtherProtocol | undefined>,
): Promise<OtherProtocol | undefined> {
  let stream: BackendStream | undefined;
  const close = () => stream?.close();
  signal.addEventListener("abort", close);
  try {
    stream = await connect();
    return await attempt(stream);
  } catch {
    return undefined;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
