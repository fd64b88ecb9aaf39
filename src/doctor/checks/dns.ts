import { defaultOf } from "../../config/mod.ts";
import { type FamilyAnswer, type FamilyOutcome, lookupHost } from "../../net/dns/lookup.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  type Outcome,
  type TargetCheck,
} from "../check.ts";
import { asciiHost } from "../../net/x509/mod.ts";
import type { Target, TargetNotes } from "../notes.ts";

/** A slower answer is felt at every new connection. */
const SLOW_MS = 1000;
/** A name server that says nothing for so long will not; the C library waits 5 s. */
const SILENT_SERVER_MS = 1500;

export const dnsCheck: TargetCheck = {
  id: "dns",
  title: "A and AAAA answers, each family on its own, with aliases and the time taken",
  per: "target",
  needs: [],
  limitMs: 8000,
  run: checkDns,
};

async function checkDns(
  { input, signal, target, found }: CheckContext & { readonly target: Target; readonly found: TargetNotes },
): Promise<Outcome> {
  const answer = await lookupHost(target.host, {
    nameServer: input.nameServer,
    timeoutMs: Math.min(input.silenceMs / 2, SILENT_SERVER_MS),
    signal,
  });
  const { ipv4, ipv6, from } = answer;
  if (from === "literal") {
    found.answer = answer;
    return { summary: "an address, nothing to look up", facts: { from } };
  }
  const servers = answer.nameServers.length === 0
    ? "no name server is configured"
    : `asked ${answer.nameServers.join(", ")}`;
  const findings: Finding[] = [];
  const family = input.inspected.config.backendIpFamily ?? defaultOf("backendIpFamily");
  if (ipv4.outcome !== "found" && ipv6.outcome !== "found") {
    findings.push(
      nothingFound(target.host, worst(ipv4.outcome, ipv6.outcome), servers, input.targetsFrom === "default"),
    );
  } else {
    found.answer = answer;
    findings.push(
      ...searched(target.host, answer.name, input.targetsFrom),
      ...half("IPv4", "A", ipv4, "6"),
      ...half("IPv6", "AAAA", ipv6, "4"),
    );
    const wanted = family === "4" ? ipv4 : family === "6" ? ipv6 : undefined;
    if (wanted !== undefined && wanted.outcome !== "found") {
      findings.push(
        failure(
          "dns.family",
          `GATEKEEPER_BACKEND_IP_FAMILY is ${family}, and ${target.host} has no IPv${family} address`,
          "Unset GATEKEEPER_BACKEND_IP_FAMILY, so that either family is used",
        ),
      );
    }
    const slowest = Math.max(ipv4.tookMs, ipv6.tookMs);
    if (findings.length === 0 && slowest > SLOW_MS) {
      findings.push(
        caution(
          "dns.slow",
          `the look-up took ${(slowest / 1000).toFixed(1)} s`,
          "Use a nearer name server, or one that answers, first in /etc/resolv.conf",
        ),
      );
    }
  }
  const details = [...ipv4.addresses, ...ipv6.addresses].length > 0
    ? [[...ipv4.addresses, ...ipv6.addresses].join(", ")]
    : [];
  if (answer.from === "dns" && differs(target.host, answer.name)) details.push(`found as ${answer.name}`);
  if (answer.aliases.length > 0) details.push(`alias of ${answer.aliases.join(", then ")}`);
  if (from === "hosts-file") details.push("from /etc/hosts");
  return {
    summary: `${ipv4.addresses.length} A, ${ipv6.addresses.length} AAAA`,
    details,
    findings,
    facts: {
      name: answer.name,
      from,
      a: ipv4.addresses,
      aaaa: ipv6.addresses,
      a_outcome: ipv4.outcome,
      aaaa_outcome: ipv6.outcome,
      a_ms: Math.round(ipv4.tookMs),
      aaaa_ms: Math.round(ipv6.tookMs),
      aliases: answer.aliases,
      name_servers: answer.nameServers,
    },
  };
}

/** Whether a search domain of resolv.conf was put after the name. */
function differs(host: string, found: string): boolean {
  const bare = (name: string) => (asciiHost(name) ?? name).replace(/\.$/, "").toLowerCase();
  return bare(host) !== bare(found);
}

/** A name with dots is meant as it stands: that a search domain answered for it is somebody else's server. */
export function searched(
  host: string,
  found: string,
  from: "configuration" | "flag" | "default",
): readonly Finding[] {
  if (!host.includes(".") || !differs(host, found)) return [];
  const place = from === "flag" ? "--host" : "GATEKEEPER_BACKEND_HOST";
  const message = `${host} does not exist; ${found} answers, by a search domain of /etc/resolv.conf`;
  const fix = `Correct the host name, or set ${place} to ${found}. where that is the server you mean`;
  return [failure("dns.search_domain", message, fix)];
}

/** A family that could not be asked for, while the other was found. That it has no records is normal. */
function half(family: string, type: string, answer: FamilyAnswer, other: string): readonly Finding[] {
  if (answer.outcome === "found" || answer.outcome === "no_records" || answer.outcome === "not_found") {
    return [];
  }
  return [
    caution(
      "dns.half",
      `the name server ${WORDS[answer.outcome]} for ${type} records, so every connection waits for it`,
      `Fix the name server, or leave ${family} out with GATEKEEPER_BACKEND_IP_FAMILY=${other}`,
    ),
  ];
}

const WORDS: Readonly<Record<FamilyOutcome, string>> = {
  found: "answered",
  no_records: "has no records",
  not_found: "knows no such name",
  server_failure: "failed (SERVFAIL)",
  refused: "refused to answer",
  timeout: "did not answer in time",
  unreachable: "could not be reached",
};

function nothingFound(host: string, outcome: FamilyOutcome, servers: string, known: boolean): Finding {
  const network = "Check this machine's network and the name servers in /etc/resolv.conf";
  const name = known
    ? "The name exists in public DNS: check this machine's network, and what filters its DNS"
    : "Correct the host name: GATEKEEPER_BACKEND_HOST or --host";
  switch (outcome) {
    case "not_found":
      return failure("dns.not_found", `${host} does not exist (${servers})`, name);
    case "no_records":
      return failure("dns.no_address", `${host} exists and has no address (${servers})`, name);
    case "timeout":
      return failure("dns.timeout", `no name server answered for ${host} (${servers})`, network);
    case "unreachable":
      return failure(
        "dns.unreachable",
        `no name server can be reached to look up ${host} (${servers})`,
        network,
      );
    default:
      return failure(
        `dns.${outcome}`,
        `the name server ${WORDS[outcome]} for ${host} (${servers})`,
        "Ask another name server with --name-server, and fix the one in /etc/resolv.conf",
      );
  }
}

/** The answer that explains most: what a server said of the name before that none could be asked. */
function worst(a: FamilyOutcome, b: FamilyOutcome): FamilyOutcome {
  const order: readonly FamilyOutcome[] = [
    "server_failure",
    "refused",
    "no_records",
    "not_found",
    "timeout",
    "unreachable",
  ];
  return order.find((outcome) => outcome === a || outcome === b) ?? a;
}
