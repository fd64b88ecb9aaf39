import { lookup as systemLookup } from "node:dns/promises";
import { asciiHost } from "../x509/names.ts";
import { formatIp, parseIp } from "../x509/ip.ts";
import type { DnsAnswer, DnsType } from "./message.ts";
import { type NameServer, type NoAnswer, queryNameServer } from "./query.ts";
import {
  addressesInHosts,
  candidateNames,
  parseResolverConfig,
  type ResolverConfig,
} from "./resolver_config.ts";

/** How the question for one family ended. */
export type FamilyOutcome =
  | "found"
  /** The name exists and has no address of this family. */
  | "no_records"
  /** The name does not exist. */
  | "not_found"
  | "server_failure"
  | "refused"
  /** No name server answered in time. */
  | "timeout"
  /** No name server could be reached. */
  | "unreachable";

/** What there is to know of a host's addresses of one family. */
export interface FamilyAnswer {
  readonly outcome: FamilyOutcome;
  readonly addresses: readonly string[];
  /** Milliseconds until the answer. */
  readonly tookMs: number;
}

/** A host looked up, each family on its own. */
export interface HostAnswer {
  readonly ipv4: FamilyAnswer;
  readonly ipv6: FamilyAnswer;
  /** Where the answer is from; `system` for what the operating system knows by other ways than a name server. */
  readonly from: "literal" | "hosts-file" | "dns" | "system";
  /** The name that was found in the end: with a search domain where one was needed. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Those that were asked, as `address` or `address:port`. */
  readonly nameServers: readonly string[];
}

/** How to look a host up. */
export interface LookupOptions {
  /** Asked in place of the system's name servers; hosts file and other sources are then left out. */
  readonly nameServer?: NameServer | undefined;
  /** For one name server and question. Default 2 s. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 2000;
/** For what the system knows by other ways than its name servers, where those say nothing. */
const SILENT_SYSTEM_MS = 1000;
/** As many of the listed name servers as the C library asks. */
const MOST_SERVERS = 3;

/** Looks up the addresses of a host name or address in both families at once. Never rejects. */
export async function lookupHost(host: string, options: LookupOptions = {}): Promise<HostAnswer> {
  const literal = parseIp(host.replace(/%.*$/, ""));
  if (literal !== undefined) {
    return fixed("literal", host, literal.length === 4 ? [host] : [], literal.length === 16 ? [host] : []);
  }
  const name = host.endsWith(".") ? `${asciiHost(host) ?? host}.` : asciiHost(host) ?? host;
  if (options.nameServer === undefined) {
    const listed = [...addressesInHosts(readText("/etc/hosts"), name)];
    if (listed.length > 0) {
      return fixed(
        "hosts-file",
        name,
        listed.filter((address) => !address.includes(":")),
        listed.filter((address) => address.includes(":")),
      );
    }
  }
  const config: ResolverConfig = options.nameServer === undefined
    ? parseResolverConfig(readText("/etc/resolv.conf"))
    : { nameServers: [options.nameServer], search: [], dots: 1 };
  const asked = await askFamilies(name, config, options);
  if (options.nameServer !== undefined || asked.ipv4.outcome === "found" || asked.ipv6.outcome === "found") {
    return asked;
  }
  const silent = [asked.ipv4.outcome, asked.ipv6.outcome].includes("timeout");
  return await askSystem(name, asked, silent ? SILENT_SYSTEM_MS : undefined);
}

/**
 * Asks the name servers of `config` for each name that its search domains make of `name`, until one is known. A name
 * server that stays silent is asked nothing more, so that every further name does not wait for it again.
 */
export async function askFamilies(
  name: string,
  config: ResolverConfig,
  options: LookupOptions,
): Promise<HostAnswer> {
  const nameServers = config.nameServers.slice(0, MOST_SERVERS);
  const silent = { A: new Set<NameServer>(), AAAA: new Set<NameServer>() };
  const ask = (candidate: string, type: "A" | "AAAA") =>
    askServers(nameServers.filter((server) => !silent[type].has(server)), candidate, type, {
      ...options,
      onSilence: (server) => silent[type].add(server),
    });
  let last: HostAnswer | undefined;
  for (const candidate of candidateNames(name, config)) {
    const [ipv4, ipv6] = await Promise.all([ask(candidate, "A"), ask(candidate, "AAAA")]);
    last = {
      ipv4: ipv4.answer,
      ipv6: ipv6.answer,
      from: "dns",
      name: candidate,
      aliases: ipv4.aliases.length > 0 ? ipv4.aliases : ipv6.aliases,
      nameServers: nameServers.map(({ address, port }) => port === 53 ? address : `${address}:${port}`),
    };
    // Name servers that do not answer for one name do not answer for the next.
    if (ipv4.answer.outcome !== "not_found" || ipv6.answer.outcome !== "not_found") return last;
  }
  return last ?? fixed("dns", name, [], []);
}

interface ServersAnswer {
  readonly answer: FamilyAnswer;
  readonly aliases: readonly string[];
}

/** The first name server with a usable answer; of failures the last. */
async function askServers(
  servers: readonly NameServer[],
  name: string,
  type: DnsType,
  options: LookupOptions & { readonly onSilence: (server: NameServer) => void },
): Promise<ServersAnswer> {
  const started = performance.now();
  let result: DnsAnswer | NoAnswer = "unreachable";
  for (const server of servers) {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    result = await queryNameServer(server, name, type, { timeoutMs, signal: options.signal });
    if (typeof result === "object" && (result.code === 0 || result.code === 3)) break;
    if (result === "timeout") options.onSilence(server);
    if (result === "aborted" || result === "bad_name") break;
  }
  const addresses = typeof result === "object" ? result.addresses.map(formatIp) : [];
  const answer = { outcome: outcomeOf(result), addresses, tookMs: performance.now() - started };
  return { answer, aliases: typeof result === "object" ? result.aliases : [] };
}

function outcomeOf(result: DnsAnswer | NoAnswer): FamilyOutcome {
  if (result === "unreachable") return "unreachable";
  if (result === "bad_name") return "not_found";
  if (typeof result === "string") return "timeout";
  if (result.code === 0) return result.addresses.length > 0 ? "found" : "no_records";
  return result.code === 3 ? "not_found" : result.code === 5 ? "refused" : "server_failure";
}

/** What the C library finds by its other ways (mDNS, directory services); `asked` where that is nothing either. */
async function askSystem(name: string, asked: HostAnswer, limitMs: number | undefined): Promise<HostAnswer> {
  const started = performance.now();
  let found: readonly { readonly address: string; readonly family: number }[] = [];
  try {
    found = await within(systemLookup(name, { all: true }), limitMs) ?? [];
  } catch {
    // Nothing there either: what the name servers said stands.
  }
  if (found.length === 0) return asked;
  const of = (family: number) => found.filter((each) => each.family === family).map(({ address }) => address);
  return {
    ...fixed("system", name, of(4), of(6), performance.now() - started),
    nameServers: asked.nameServers,
  };
}

/** The C library asks the same silent name servers again, for up to half a minute. */
async function within<T>(promise: Promise<T>, limitMs: number | undefined): Promise<T | undefined> {
  if (limitMs === undefined) return await promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}

function fixed(
  from: HostAnswer["from"],
  name: string,
  ipv4: readonly string[],
  ipv6: readonly string[],
  tookMs = 0,
): HostAnswer {
  const answer = (addresses: readonly string[]): FamilyAnswer => ({
    outcome: addresses.length > 0 ? "found" : "no_records",
    addresses,
    tookMs,
  });
  return { ipv4: answer(ipv4), ipv6: answer(ipv6), from, name, aliases: [], nameServers: [] };
}

/** Empty where there is no such file, as on Windows. */
function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
