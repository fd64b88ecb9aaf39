import { type DerElement, DerReader, readOid, TAG } from "./der.ts";

/** Attribute types by the short names that people know (RFC 4519). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "1.2.840.113549.1.9.1": "emailAddress",
  "0.9.2342.19200300.100.1.25": "DC",
};

/** A subject's or issuer's name. */
export interface DistinguishedName {
  /** Equal exactly when the names are the same bytes, which is how certificates are linked. */
  readonly key: string;
  /** `CN=db.example, O=Example`, most telling first; `(empty)` where there is nothing. */
  readonly text: string;
  /** The common name alone, else the whole text: what a person calls the certificate. */
  readonly short: string;
  readonly commonName: string | undefined;
  readonly organization: string | undefined;
}

/** Reads a Name (RFC 5280, 4.1.2.4). Control characters in it are shown as `?`, since it goes to a terminal. */
export function readDistinguishedName(element: DerElement): DistinguishedName {
  const attributes: [string, string][] = [];
  const sets = new DerReader(element.content);
  while (!sets.done) {
    const set = sets.enter(TAG.set);
    while (!set.done) {
      const attribute = set.enter(TAG.sequence);
      const type = readOid(attribute.expect(TAG.oid).content);
      attributes.push([ATTRIBUTES[type] ?? type, readString(attribute.next())]);
    }
  }
  const value = (type: string) => attributes.findLast(([name]) => name === type)?.[1];
  const text = attributes.reverse().map(([type, text]) => `${type}=${text}`).join(", ");
  const commonName = value("CN");
  return {
    key: new TextDecoder("latin1").decode(element.content),
    text: text === "" ? "(empty)" : text,
    short: commonName ?? (text === "" ? "(no name)" : text),
    commonName,
    organization: value("O"),
  };
}

/** BMPString is UTF-16, the 8-bit kinds are read as Latin-1 where they are not UTF-8. */
function readString(element: DerElement): string {
  // deno-lint-ignore no-control-regex
  return decode(element).replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "?").slice(0, 200);
}

function decode(element: DerElement): string {
  if (element.tag === 0x1e) return new TextDecoder("utf-16be").decode(element.content);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(element.content);
  } catch {
    return new TextDecoder("latin1").decode(element.content);
  }
}
