import assert from "node:assert/strict";
import fc from "fast-check";
import { ConnectError } from "../../src/base/errors.ts";
import { dial, type DialOptions } from "../../src/net/dial.ts";
import type { IpFamily } from "../../src/net/address.ts";

class Connection {
  closed = false;
  readonly address: string;
  constructor(address: string) {
    this.address = address;
  }
  close(): void {
    this.closed = true;
  }
}

/** What an address does: answers, fails with a system error, or stays silent. */
type Behaviour = "answers" | "silent" | "ECONNREFUSED" | "EHOSTUNREACH" | "ENETUNREACH" | "ECONNRESET";

interface World {
  /** By family; a missing one is not found, `silent` is never answered. */
  readonly names: Partial<Record<IpFamily, readonly string[] | "silent">>;
  readonly addresses: Readonly<Record<string, Behaviour>>;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error)`), { code });
}

function dialIn(world: World, changes: Partial<DialOptions<Connection>> = {}) {
  const tried: string[] = [];
  const made: Connection[] = [];
  const result = dial<Connection>({
    host: "db.example",
    port: 3306,
    family: "auto",
    timeoutMs: 60_000,
    staggerMs: 0,
    signal: new AbortController().signal,
    resolve: (_host, family) => {
      const answer = world.names[family];
      if (answer === "silent") return new Promise(() => {});
      return answer === undefined ? Promise.reject(systemError("ENOTFOUND")) : Promise.resolve(answer);
    },
    attempt: (address, _family, signal) => {
      tried.push(address);
      const behaviour = world.addresses[address] ?? "ECONNREFUSED";
      return new Promise((resolve, reject) => {
        if (behaviour === "silent") signal.addEventListener("abort", () => reject(signal.reason));
        else if (behaviour !== "answers") reject(systemError(behaviour));
        else {
          const connection = new Connection(address);
          made.push(connection);
          resolve(connection);
        }
      });
    },
    ...changes,
  });
  return { result, tried, made };
}

async function failure(world: World, changes: Partial<DialOptions<Connection>> = {}): Promise<ConnectError> {
  try {
    await dialIn(world, changes).result;
  } catch (error) {
    assert.ok(error instanceof ConnectError, String(error));
    return error;
  }
  throw new Error("The dial succeeded");
}

Deno.test("dial() tries IPv6 first and alternates between the families", async () => {
  const { result, tried } = dialIn({
    names: { 4: ["192.0.2.1", "192.0.2.2"], 6: ["2001:db8::1", "2001:db8::2", "2001:db8::3"] },
    addresses: { "2001:db8::3": "answers" },
  });
  assert.equal((await result).address, "2001:db8::3");
  assert.deepEqual(tried, ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"]);
});

Deno.test("dial() goes on to the next address while one is silent, and gives the silent one up", async () => {
  let aborted = false;
  const { result } = dialIn({ names: { 4: ["192.0.2.1"], 6: ["2001:db8::1"] }, addresses: {} }, {
    attempt: (address, _family, signal) =>
      address === "192.0.2.1" ? Promise.resolve(new Connection(address)) : new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
      }),
  });
  assert.equal((await result).address, "192.0.2.1");
  assert.ok(aborted);
});

Deno.test("dial() tells how each attempt ended, those aside that another was faster than", async () => {
  const attempts: string[] = [];
  const { result } = dialIn({
    names: { 4: ["192.0.2.1"], 6: ["2001:db8::1", "2001:db8::2"] },
    addresses: { "2001:db8::1": "EHOSTUNREACH", "192.0.2.1": "silent", "2001:db8::2": "answers" },
  }, { onAttempt: (family, outcome) => void attempts.push(`${family} ${outcome}`) });
  await result;
  assert.deepEqual(attempts, ["6 unreachable", "6 ok"]);
});

Deno.test("dial() closes a loser that connects all the same", async () => {
  const late = new Connection("2001:db8::1");
  let finish = (_: Connection): void => {};
  const { result } = dialIn({ names: { 4: ["192.0.2.1"], 6: ["2001:db8::1"] }, addresses: {} }, {
    attempt: (address) =>
      address === late.address
        ? new Promise((resolve) => finish = resolve)
        : Promise.resolve(new Connection(address)),
  });
  await result;
  finish(late);
  await Promise.resolve();
  await Promise.resolve();
  assert.ok(late.closed);
});

Deno.test("dial() uses the family it is told to, and an address literal without a lookup", async () => {
  const world: World = {
    names: { 4: ["192.0.2.1"], 6: ["2001:db8::1"] },
    addresses: { "192.0.2.1": "answers", "2001:db8::1": "answers", "::1": "answers" },
  };
  assert.equal((await dialIn(world, { family: 4 }).result).address, "192.0.2.1");
  assert.equal((await dialIn(world, { family: 6 }).result).address, "2001:db8::1");
  const never = () => Promise.reject(new Error("A literal was looked up"));
  assert.equal((await dialIn(world, { host: "::1", resolve: never }).result).address, "::1");
});

Deno.test("dial() does not wait for a lookup that never ends once an address answers", async () => {
  const world: World = { names: { 4: ["192.0.2.1"], 6: "silent" }, addresses: { "192.0.2.1": "answers" } };
  assert.equal((await dialIn(world).result).address, "192.0.2.1");
});

Deno.test("dial() reaches whatever address answers, in any world", async () => {
  const behaviour = fc.constantFrom<Behaviour>("silent", "ECONNREFUSED", "EHOSTUNREACH", "answers");
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviour, { maxLength: 4 }),
      fc.array(behaviour, { maxLength: 4 }),
      async (v4, v6) => {
        const addresses: Record<string, Behaviour> = {};
        v4.forEach((each, index) => addresses[`192.0.2.${index}`] = each);
        v6.forEach((each, index) => addresses[`2001:db8::${index}`] = each);
        const names = {
          ...(v4.length > 0 ? { 4: Object.keys(addresses).filter((each) => !each.includes(":")) } : {}),
          ...(v6.length > 0 ? { 6: Object.keys(addresses).filter((each) => each.includes(":")) } : {}),
        };
        const someone = [...v4, ...v6].includes("answers");
        const { result, made } = dialIn({ names, addresses }, { timeoutMs: someone ? 60_000 : 5 });
        if (someone) {
          const connection = await result;
          assert.equal(addresses[connection.address], "answers");
          await new Promise((resolve) => setTimeout(resolve, 0));
          assert.deepEqual(made.filter((each) => !each.closed), [connection]);
        } else {
          await assert.rejects(result, ConnectError);
        }
      },
    ),
    { numRuns: 60 },
  );
});

const FAILURES: readonly (readonly [string, World, Partial<DialOptions<Connection>>, string, RegExp])[] = [
  [
    "no such name",
    { names: {}, addresses: {} },
    {},
    "connect.dns.not_found",
    /no IPv6 or IPv4 address found for db.example$/,
  ],
  [
    "no address of the family asked for",
    { names: { 4: ["192.0.2.1"] }, addresses: {} },
    { family: 6 },
    "connect.dns.not_found",
    /no IPv6 address found for db.example$/,
  ],
  [
    "one address refuses",
    { names: { 4: ["192.0.2.1"] }, addresses: {} },
    { family: 4 },
    "connect.tcp.refused",
    /: connection refused \(192\.0\.2\.1\)$/,
  ],
  [
    "a literal refuses",
    { names: {}, addresses: {} },
    { host: "192.0.2.1" },
    "connect.tcp.refused",
    /^Cannot connect to 192\.0\.2\.1:3306: connection refused$/,
  ],
  [
    "each family fails in its own way",
    { names: { 4: ["192.0.2.1"], 6: ["2001:db8::1"] }, addresses: { "2001:db8::1": "ENETUNREACH" } },
    {},
    "connect.tcp.refused",
    /IPv6 2001:db8::1: network unreachable; IPv4 192\.0\.2\.1: connection refused$/,
  ],
  [
    "one family is not found",
    { names: { 4: ["192.0.2.1"] }, addresses: { "192.0.2.1": "ECONNRESET" } },
    {},
    "connect.tcp.reset",
    /IPv6 lookup: no address found; IPv4 192\.0\.2\.1: connection reset$/,
  ],
  [
    "nobody answers",
    { names: { 4: ["192.0.2.1"] }, addresses: { "192.0.2.1": "silent" } },
    { timeoutMs: 5, family: 4 },
    "connect.tcp.timeout",
    /timed out after 5ms \(192\.0\.2\.1\)$/,
  ],
  [
    "no lookup ends",
    { names: { 4: "silent", 6: "silent" }, addresses: {} },
    { timeoutMs: 5 },
    "connect.dns.timeout",
    /cannot look up db.example: IPv6 lookup: timed out after 5ms; IPv4 lookup: timed out after 5ms$/,
  ],
];

for (const [name, world, changes, code, words] of FAILURES) {
  Deno.test(`dial() says what happened: ${name}`, async () => {
    const error = await failure(world, changes);
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(error.hint !== undefined || error.reason === "reset");
  });
}

Deno.test("dial() ends when it is cancelled, before and while it runs", async () => {
  const world: World = { names: { 4: ["192.0.2.1"] }, addresses: { "192.0.2.1": "silent" } };
  assert.equal((await failure(world, { signal: AbortSignal.abort() })).reason, "aborted");
  const controller = new AbortController();
  const failed = failure(world, { signal: controller.signal });
  controller.abort();
  assert.equal((await failed).reason, "aborted");
});
