import { isIP } from "node:net";
import type { Endpoint } from "./stream.ts";

/** IP version of an address. */
export type IpFamily = 4 | 6;

/** The family of an IP literal without brackets, `undefined` for a name. */
export function ipFamily(host: string): IpFamily | undefined {
  const family = isIP(host);
  return family === 4 || family === 6 ? family : undefined;
}

/** `host:port`, with brackets around an IPv6 literal. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An endpoint whose IPv4-mapped address (`::ffff:192.0.2.1`, what a dual-stack socket shows) is plain IPv4. */
export function plainEndpoint(host: string, port: number): Endpoint {
  const lower = host.toLowerCase();
  const mapped = lower.startsWith("::ffff:") ? host.slice(7) : host;
  return { host: isIP(mapped) === 4 ? mapped : host, port };
}
