import { parseIp } from "../x509/ip.ts";
import type { NameServer } from "./query.ts";

/** What `/etc/resolv.conf` says. */
export interface ResolverConfig {
  readonly nameServers: readonly NameServer[];
  /** Domains that are tried after a short name, without dots at either end. */
  readonly search: readonly string[];
  /** A name with at least this many dots is tried as it is first. */
  readonly dots: number;
}

/** Reads the text of a resolv.conf. */
export function parseResolverConfig(text: string): ResolverConfig {
  const nameServers: NameServer[] = [];
  let search: readonly string[] = [];
  let dots = 1;
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line.replace(/[#;].*$/, "").trim().split(/\s+/);
    if (
      keyword === "nameserver" && words[0] !== undefined &&
      parseIp(words[0].replace(/%.*$/, "")) !== undefined
    ) {
      nameServers.push({ address: words[0], port: 53 });
    } else if (keyword === "search" || keyword === "domain") {
      search = words.map((domain) => domain.replace(/^\.|\.$/g, "")).filter((domain) => domain !== "");
    } else if (keyword === "options") {
      const value = words.find((word) => word.startsWith("ndots:"))?.slice("ndots:".length);
      if (value !== undefined && /^\d{1,2}$/.test(value)) dots = Number(value);
    }
  }
  return { nameServers, search, dots };
}

/** The full names to ask for in turn, as resolv.conf(5) has it. A name with a final dot is taken as it is. */
export function candidateNames(
  name: string,
  config: Pick<ResolverConfig, "search" | "dots">,
): readonly string[] {
  if (name.endsWith(".")) return [name.slice(0, -1)];
  const searched = config.search.map((domain) => `${name}.${domain}`);
  return name.split(".").length - 1 >= config.dots ? [name, ...searched] : [...searched, name];
}

/** Addresses that the text of a hosts file gives a name. */
export function addressesInHosts(text: string, name: string): readonly string[] {
  const wanted = name.replace(/\.$/, "").toLowerCase();
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    const listed = names.some((each) => each.toLowerCase() === wanted);
    return listed && parseIp(address) !== undefined ? [address] : [];
  });
}
