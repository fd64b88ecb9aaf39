import { DerReader, TAG } from "./der.ts";
import { formatIp } from "./ip.ts";

/** The names a certificate is for. */
export interface SubjectAltNames {
  /** dNSName entries as written, lower case. */
  readonly dns: readonly string[];
  /** iPAddress entries as text. */
  readonly ip: readonly string[];
  /** Entries of other kinds: mail, URI, directory names. */
  readonly other: number;
}

/** One iPAddress subtree: an address and a mask of equal length. */
export interface IpRange {
  readonly address: Uint8Array;
  readonly mask: Uint8Array;
}

/** Subtrees of one kind. */
export interface Subtrees {
  readonly dns: readonly string[];
  readonly ip: readonly IpRange[];
}

/** What a CA may issue for (RFC 5280, 4.2.1.10). Kinds other than DNS and IP do not bear on a server's name. */
export interface NameConstraints {
  /** Where a kind has entries, a name of that kind has to fall in one. */
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** Reads the content of a subjectAltName extension. */
export function readSubjectAltName(value: DerReader): SubjectAltNames {
  const dns: string[] = [];
  const ip: string[] = [];
  let other = 0;
  const list = value.enter(TAG.sequence);
  while (!list.done) {
    const { tag, content } = list.next();
    if (tag === DNS_NAME) dns.push(text(content));
    else if (tag === IP_ADDRESS) ip.push(formatIp(content));
    else other += 1;
  }
  return { dns, ip, other };
}

/** Reads the content of a nameConstraints extension. */
export function readNameConstraints(value: DerReader): NameConstraints {
  const content = value.enter(TAG.sequence);
  return {
    permitted: readSubtrees(content.optional(0xa0)?.content),
    excluded: readSubtrees(content.optional(0xa1)?.content),
  };
}

function readSubtrees(content: Uint8Array | undefined): Subtrees {
  const dns: string[] = [];
  const ip: IpRange[] = [];
  const list = new DerReader(content ?? new Uint8Array());
  while (!list.done) {
    const base = list.enter(TAG.sequence).next();
    if (base.tag === DNS_NAME) dns.push(text(base.content));
    else if (base.tag === IP_ADDRESS) {
      const half = base.content.length / 2;
      ip.push({ address: base.content.subarray(0, half), mask: base.content.subarray(half) });
    }
  }
  return { dns, ip };
}

/** What is not printable ASCII has no business in a dNSName and is shown as `?`. */
function text(content: Uint8Array): string {
  return new TextDecoder("latin1").decode(content).toLowerCase().replace(/[^\x21-\x7e]/g, "?");
}
