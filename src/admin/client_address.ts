import { type Cidr, cidrContains, parseAddress } from "../base/cidr.ts";

/**
 * Where a request comes from: the nearest address that is not a trusted proxy's. A proxy adds the address that it was
 * asked from to the end of X-Forwarded-For; what stands before that anybody may have written.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: readonly Cidr[]): string {
  let address = peer;
  for (const entry of (forwardedFor ?? "").split(",").reverse()) {
    if (!isTrusted(address, trusted)) break;
    const before = entry.trim();
    if (parseAddress(before) === undefined) break;
    address = before;
  }
  return address;
}

function isTrusted(address: string, trusted: readonly Cidr[]): boolean {
  const groups = parseAddress(address);
  return groups !== undefined && trusted.some((range) => cidrContains(range, groups));
}
