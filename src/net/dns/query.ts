import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { decodeAnswer, type DnsAnswer, type DnsType, encodeQuery } from "./message.ts";

/** Where a name server listens. */
export interface NameServer {
  readonly address: string;
  /** Usually 53. */
  readonly port: number;
}

/** No answer came: why. */
export type NoAnswer = "timeout" | "unreachable" | "aborted" | "bad_name";

/**
 * Asks one name server one question: over UDP, again after a third of the time, and over TCP where the answer did not
 * fit. Resolves to why not where there is no answer in `timeoutMs`.
 */
export async function queryNameServer(
  server: NameServer,
  name: string,
  type: DnsType,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<DnsAnswer | NoAnswer> {
  const id = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const query = encodeQuery(id, name, type);
  if (query === undefined) return "bad_name";
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const why = () => options.signal?.aborted ? "aborted" as const : "timeout" as const;
  const answer = await overUdp(
    server,
    query,
    signal,
    options.timeoutMs,
    (bytes) => decodeAnswer(bytes, id, type),
  );
  if (answer === undefined) return why();
  if (answer === "unreachable" || !answer.truncated) return answer;
  const whole = await overTcp(server, query, signal, (bytes) => decodeAnswer(bytes, id, type));
  return whole ?? answer;
}

function overUdp(
  server: NameServer,
  query: Uint8Array,
  signal: AbortSignal,
  timeoutMs: number,
  decode: (bytes: Uint8Array) => DnsAnswer | undefined,
): Promise<DnsAnswer | "unreachable" | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    let ended = false;
    const finish = (result: DnsAnswer | "unreachable" | undefined) => {
      if (ended) return;
      ended = true;
      clearTimeout(again);
      signal.removeEventListener("abort", onAbort);
      socket.close();
      resolve(result);
    };
    const onAbort = () => finish(undefined);
    const send = () => {
      socket.send(query, server.port, server.address, (error) => {
        if (error !== null && error !== undefined) finish("unreachable");
      });
    };
    const again = setTimeout(send, timeoutMs / 3);
    signal.addEventListener("abort", onAbort);
    socket.on("error", () => finish("unreachable"));
    socket.on("message", (bytes, sender) => {
      if (sender.port !== server.port) return;
      const answer = decode(new Uint8Array(bytes));
      if (answer !== undefined) finish(answer);
    });
    if (signal.aborted) finish(undefined);
    else send();
  });
}

/** The same question with its length before it, answered likewise (RFC 7766); `undefined` where that fails. */
async function overTcp(
  server: NameServer,
  query: Uint8Array,
  signal: AbortSignal,
  decode: (bytes: Uint8Array) => DnsAnswer | undefined,
): Promise<DnsAnswer | undefined> {
  let connection: Deno.Conn | undefined;
  const close = () => {
    try {
      connection?.close();
    } catch {
      // Closed already.
    }
    connection = undefined;
  };
  signal.addEventListener("abort", close);
  try {
    connection = await Deno.connect({ hostname: server.address, port: server.port });
    if (signal.aborted) return undefined;
    await connection.write(Uint8Array.of(query.length >> 8, query.length & 0xff, ...query));
    const bytes = new Uint8Array(65_537);
    let held = 0;
    while (held < 2 || held < 2 + (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)) {
      const count = await connection?.read(bytes.subarray(held));
      if (count === null || count === undefined) return undefined;
      held += count;
    }
    return decode(bytes.subarray(2, held));
  } catch {
    // The truncated answer that we have is all there is.
    return undefined;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
