/** Ranges of IP addresses, `10.1.0.0/16` and `2001:db8::/32`, IPv4-mapped IPv6 addresses being IPv4. */

/** An address as groups of 16 bits: two for IPv4, eight for IPv6. */
export type AddressGroups = readonly number[];

/** A range of addresses. */
export interface Cidr {
  readonly groups: AddressGroups;
  /** Leading bits that count. */
  readonly bits: number;
}

/** Why a text is no range, for people: `is not an IP address`, ... */
export type CidrProblem =
  | { readonly problem: "not-an-address" | "bad-length" }
  /** Bits are set behind the prefix; `meant` is the range without them. */
  | { readonly problem: "host-bits"; readonly meant: string };

/** Reads `address/bits`, or an address alone for itself. */
export function parseCidr(text: string): Cidr | CidrProblem {
  const slash = text.indexOf("/");
  const groups = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (groups === undefined) return { problem: "not-an-address" };
  const most = groups.length * 16;
  const length = slash < 0 ? String(most) : text.slice(slash + 1);
  // The length of a mapped address counts the 96 bits before it.
  const mapped = groups.length === 2 && text.includes(":") && slash >= 0 ? 96 : 0;
  const bits = /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) - mapped : Number.NaN;
  if (!(bits >= 0 && bits <= most)) return { problem: "bad-length" };
  const masked = groups.map((group, index) => group & maskOf(bits, index));
  if (masked.some((group, index) => group !== groups[index])) {
    return { problem: "host-bits", meant: `${formatAddress(masked)}/${bits}` };
  }
  return { groups, bits };
}

/** The groups of an address, a zone (`%eth0`) left out; undefined for what is none. */
export function parseAddress(text: string): AddressGroups | undefined {
  if (!text.includes(":")) return fromDotted(text);
  const groups = fromColons(text.replace(/%.+$/, ""));
  if (groups === undefined) return undefined;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? groups.slice(6) : groups;
}

/** Whether an address lies in a range. */
export function cidrContains(range: Cidr, address: AddressGroups): boolean {
  if (range.groups.length !== address.length) return false;
  for (let index = 0; index * 16 < range.bits; index++) {
    if (((address[index] ?? 0) & maskOf(range.bits, index)) !== range.groups[index]) return false;
  }
  return true;
}

/** Whether all of `inner` lies in `outer`. */
export function cidrCovers(outer: Cidr, inner: Cidr): boolean {
  return outer.bits <= inner.bits && cidrContains(outer, inner.groups);
}

function maskOf(bits: number, index: number): number {
  const here = Math.min(16, Math.max(0, bits - index * 16));
  return (0xffff << (16 - here)) & 0xffff;
}

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const DOTTED = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);

function fromDotted(text: string): number[] | undefined {
  const match = DOTTED.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1).map(Number);
  return [a * 256 + b, c * 256 + d];
}

function fromColons(text: string): number[] | undefined {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined) return undefined;
  const before = groupsOf(head, tail === undefined);
  if (tail === undefined) return before?.length === 8 ? before : undefined;
  const after = groupsOf(tail, true);
  if (before === undefined || after === undefined || before.length + after.length > 7) return undefined;
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Groups between single colons; the last may be an IPv4 address where `last` says that it ends the text. */
function groupsOf(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(parseInt(part, 16));
    else {
      const dotted = last && index === parts.length - 1 ? fromDotted(part) : undefined;
      if (dotted === undefined) return undefined;
      groups.push(...dotted);
    }
  }
  return groups;
}

function formatAddress(groups: AddressGroups): string {
  if (groups.length === 2) return groups.flatMap((group) => [group >> 8, group & 0xff]).join(".");
  const text = groups.map((group) => group.toString(16)).join(":");
  const zeros = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return text;
  const [head, tail] = [text.slice(0, zeros.index), text.slice(zeros.index + zeros[0].length)];
  return `${head}::${tail.replace(/^:/, "")}`;
}
