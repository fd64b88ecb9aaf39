import { domainToASCII, domainToUnicode } from "node:url";
import type { Certificate } from "./certificate.ts";
import type { IpRange, NameConstraints } from "./general_names.ts";
import { formatIp, parseIp } from "./ip.ts";

/**
 * Whether the certificate is for `host`, a DNS name (Unicode or punycode) or an IP address in text (RFC 9525).
 *
 * Only subject alternative names count, never the common name. `*` stands for exactly one whole left-most label and
 * needs two labels after it; an address matches an iPAddress entry and nothing else.
 */
export function matchesHost(certificate: Certificate, host: string): boolean {
  const address = parseIp(stripBrackets(host));
  if (address !== undefined) return certificate.names.ip.includes(formatIp(address));
  const name = asciiHost(host);
  return name !== undefined && certificate.names.dns.some((pattern) => matchesPattern(pattern, name));
}

/** All names of a certificate for people: `db.example, *.b.example and 127.0.0.1`, at most `most` of them. */
export function describeNames(certificate: Certificate, most = 6): string {
  const all = [...certificate.names.dns.map(withUnicode), ...certificate.names.ip];
  if (all.length === 0) return "no name";
  if (all.length <= most) return all.join(", ");
  return `${all.slice(0, most).join(", ")} and ${all.length - most} more`;
}

/** Punycode, lower case, without the dot of the root; `undefined` where the text cannot be a host name. */
export function asciiHost(host: string): string | undefined {
  const bare = host.replace(/\.$/, "").toLowerCase();
  // deno-lint-ignore no-control-regex
  const name = /^[\x00-\x7f]*$/.test(bare) ? bare : domainToASCII(bare);
  const labels = name.split(".");
  return name.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
    ? name
    : undefined;
}

/** The first name of `certificate` that a CA's constraints do not let it issue for, or `undefined`. */
export function outsideConstraints(
  constraints: NameConstraints,
  certificate: Certificate,
): string | undefined {
  const { permitted, excluded } = constraints;
  for (const name of certificate.names.dns) {
    if (excluded.dns.some((base) => inDnsSubtree(name, base))) return name;
    if (permitted.dns.length > 0 && !permitted.dns.some((base) => inDnsSubtree(name, base))) return name;
  }
  for (const name of certificate.names.ip) {
    const address = parseIp(name) ?? new Uint8Array();
    if (excluded.ip.some((range) => inRange(address, range))) return name;
    if (permitted.ip.length > 0 && !permitted.ip.some((range) => inRange(address, range))) return name;
  }
  return undefined;
}

function matchesPattern(pattern: string, name: string): boolean {
  const bare = pattern.replace(/\.$/, "");
  if (!bare.startsWith("*.")) return !bare.includes("*") && bare === name;
  const suffix = bare.slice(1);
  if (suffix.includes("*") || suffix.split(".").length < 3) return false;
  return name.endsWith(suffix) && !name.slice(0, -suffix.length).includes(".") && name.length > suffix.length;
}

/** A subtree `example` holds itself and everything below; `.example` only what is below; empty holds all. */
function inDnsSubtree(name: string, base: string): boolean {
  if (base === "" || name === base) return true;
  return name.endsWith(base.startsWith(".") ? base : `.${base}`);
}

function inRange(address: Uint8Array, range: IpRange): boolean {
  return address.length === range.address.length &&
    address.every((byte, index) => ((byte ^ (range.address[index] ?? 0)) & (range.mask[index] ?? 0)) === 0);
}

function withUnicode(name: string): string {
  if (!/(^|\.)xn--/.test(name)) return name;
  const unicode = domainToUnicode(name.replace(/^\*\./, ""));
  return unicode === "" || name.endsWith(unicode)
    ? name
    : `${name} (${name.startsWith("*.") ? "*." : ""}${unicode})`;
}

function stripBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
