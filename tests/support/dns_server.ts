/**
 * A DNS server on 127.0.0.1 for tests (RFC 1035, over UDP): answers from a table, says NXDOMAIN, fails or keeps
 * silent.
 *
 *     await using dns = await startDnsServer({ "db.test": { A: ["127.0.0.1"], AAAA: ["::1"] } });
 */
import { createSocket } from "node:dgram";
import { parseIp } from "../../src/net/x509/ip.ts";

/** What a name has. A family that is left out has no records (NODATA). */
export interface DnsRecords {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** The name that this one is another name of; its records are answered along. */
  readonly CNAME?: string;
  /** In place of an answer: nothing at all, or a failure of the server. */
  readonly fault?: "silence" | "servfail" | "refused";
  /** The same for one family only. */
  readonly faultOf?: { readonly A?: DnsRecords["fault"]; readonly AAAA?: DnsRecords["fault"] };
}

/** A running server. A name that is not in its table does not exist (NXDOMAIN). */
export interface DnsServer extends AsyncDisposable {
  readonly address: "127.0.0.1";
  readonly port: number;
  /** `NAME TYPE` of every question so far. */
  readonly questions: readonly string[];
  /** Changes what it answers from now on. */
  set(name: string, records: DnsRecords): void;
}

const TYPES: Readonly<Record<number, "A" | "AAAA" | "CNAME">> = { 1: "A", 5: "CNAME", 28: "AAAA" };
const CODES = { servfail: 2, nxdomain: 3, refused: 5 } as const;

/** Starts a server on a free port. */
export async function startDnsServer(table: Readonly<Record<string, DnsRecords>>): Promise<DnsServer> {
  const records = new Map(Object.entries(table));
  const questions: string[] = [];
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => resolve());
  });
  const { port } = socket.address();
  socket.on("message", (message, sender) => {
    const reply = answer(new Uint8Array(message), records, questions);
    if (reply !== undefined) socket.send(reply, sender.port, sender.address);
  });
  return {
    address: "127.0.0.1",
    port,
    questions,
    set: (name, entry) => void records.set(name, entry),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function answer(
  query: Uint8Array,
  table: ReadonlyMap<string, DnsRecords>,
  questions: string[],
): Uint8Array | undefined {
  let at = 12;
  const labels: string[] = [];
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const end = at + 5;
  const name = labels.join(".").toLowerCase();
  const type = TYPES[((query[at + 1] ?? 0) << 8) | (query[at + 2] ?? 0)];
  questions.push(`${name} ${type ?? "?"}`);
  const found = table.get(name);
  const family = type === "A" || type === "AAAA" ? type : undefined;
  const fault = found?.fault ?? (family === undefined ? undefined : found?.faultOf?.[family]);
  if (fault === "silence") return undefined;
  const code = fault !== undefined ? CODES[fault] : found === undefined ? CODES.nxdomain : 0;
  const answers = code === 0 && type !== undefined ? resourceRecords(name, type, table) : [];
  const header = Uint8Array.of(
    query[0] ?? 0,
    query[1] ?? 0,
    0x81,
    0x80 | code,
    0,
    1,
    0,
    answers.length,
    0,
    0,
    0,
    0,
  );
  return concat([header, query.subarray(12, end), ...answers]);
}

/** The answer section: the CNAMEs on the way and the records at its end. */
function resourceRecords(
  name: string,
  type: "A" | "AAAA" | "CNAME",
  table: ReadonlyMap<string, DnsRecords>,
): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  let at = name;
  for (let hops = 0; hops < 8; hops++) {
    const alias = table.get(at)?.CNAME;
    if (alias === undefined) break;
    records.push(record(at, 5, encodeName(alias)));
    if (type === "CNAME") return records;
    at = alias;
  }
  if (type === "CNAME") return records;
  for (const address of table.get(at)?.[type] ?? []) {
    records.push(record(at, type === "A" ? 1 : 28, parseIp(address) ?? new Uint8Array()));
  }
  return records;
}

function record(name: string, type: number, data: Uint8Array): Uint8Array {
  const ttlSeconds = 30;
  const fixed = Uint8Array.of(0, type, 0, 1, 0, 0, 0, ttlSeconds, data.length >> 8, data.length & 0xff);
  return concat([encodeName(name), fixed, data]);
}

function encodeName(name: string): Uint8Array {
  const encoder = new TextEncoder();
  return concat([
    ...name.split(".").map((label) => concat([Uint8Array.of(label.length), encoder.encode(label)])),
    Uint8Array.of(0),
  ]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
