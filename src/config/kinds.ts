import { type Cidr, parseCidr } from "../base/cidr.ts";
import * as z from "zod";
import { parseDurationMs } from "../base/duration.ts";
import { Secret } from "../base/secret.ts";

/** A kind of value: how its text is read and how that is told to people and to JSON Schema. */
export interface Kind<T> {
  /** Text to value. An issue's message is the cure, a sentence without a final period. */
  readonly schema: z.ZodType<T, string>;
  /** Completes "which is not ...". */
  readonly allowed: string;
  /** Stands for the value in a flag's help. */
  readonly placeholder: string;
  /** JSON Schema of the value in a configuration file. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a parser returns in place of a value: what to write instead. */
class Cure {
  constructor(readonly text: string) {}
}

function kind<T>(
  about: Omit<Kind<T>, "schema">,
  parse: (text: string) => T | Cure | undefined,
): Kind<T> {
  const schema = z.string().transform((text, issues): T => {
    const value = parse(text);
    const cure = value instanceof Cure ? value.text : `Write ${about.allowed}`;
    if (value !== undefined && !(value instanceof Cure)) return value;
    issues.addIssue({ code: "custom", message: cure });
    return z.NEVER;
  });
  return { ...about, schema };
}

/** One of a few words, in lower case. */
export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  const allowed = `one of ${words.join(", ")}`;
  return kind({ allowed, placeholder: words.join("|"), json: { enum: words } }, (text) => {
    return words.find((word) => word === text.toLowerCase());
  });
}

/** A yes or a no. */
export const boolean: Kind<boolean> = kind(
  {
    allowed: "one of true, false, on, off, 1, 0",
    placeholder: "on|off",
    json: { enum: [true, false, "on", "off"] },
  },
  (text) => ({ true: true, on: true, 1: true, false: false, off: false, 0: false })[text.toLowerCase()],
);

/** A whole number. */
export function count(min: number, max: number): Kind<number> {
  return kind(
    {
      allowed: `a whole number from ${min} to ${max}`,
      placeholder: "n",
      json: { type: "integer", minimum: min, maximum: max },
    },
    (text) => within(wholeNumber(text), min, max),
  );
}

/** A TCP port; 0, where it is taken, is any free one. */
export function port(min: 0 | 1): Kind<number> {
  return kind(
    {
      allowed: `a port from ${min} to 65535`,
      placeholder: "port",
      json: { type: "integer", minimum: min, maximum: 65_535 },
    },
    (text) => within(wholeNumber(text), min, 65_535),
  );
}

/** A length of time, in milliseconds. */
export function duration(minMs: number): Kind<number> {
  const allowed = minMs === 0
    ? "a duration such as 30s, 15m or 8h"
    : "a duration above 0 such as 30s, 15m or 8h";
  return kind(
    { allowed, placeholder: "duration", json: { type: "string", examples: ["30s", "8h"] } },
    (text) => {
      if (/^\d+$/.test(text) && text !== "0") {
        return new Cure(
          `Write the unit too: ${text}s, ${text}m or ${text}ms`,
        );
      }
      // setTimeout counts in 32 bits; a longer one would end at once.
      return within(parseDurationMs(text), minMs, 2 ** 31 - 1);
    },
  );
}

/** A number of megabytes, in bytes. With `zeroIsNone`, 0 means no limit and gives Infinity. */
export function megabytes(max: number, zeroIsNone: boolean): Kind<number> {
  return kind(
    {
      allowed: `a number of megabytes up to ${max}${zeroIsNone ? ", or 0 for no limit" : ""}`,
      placeholder: "MB",
      json: zeroIsNone
        ? { type: "number", minimum: 0, maximum: max }
        : { type: "number", exclusiveMinimum: 0, maximum: max },
    },
    (text) => {
      const bare = /^(\d{1,9}(?:\.\d{1,6})?)(?:\s*MB?)?$/i.exec(text)?.[1];
      const value = bare === undefined ? undefined : Number(bare);
      if (value === 0) return zeroIsNone ? Infinity : undefined;
      return value === undefined || value > max ? undefined : Math.max(1, Math.round(value * 1024 ** 2));
    },
  );
}

/** A host name or an IP address, without a port. */
export const host: Kind<string> = kind(
  { allowed: "a host name or an IP address", placeholder: "host", json: { type: "string" } },
  (text) => {
    const scheme = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(text);
    if (scheme !== null) return new Cure("Write the host alone, without scheme, user, port or path");
    const bracketed = /^\[([0-9a-f:.]+)\]$/i.exec(text)?.[1];
    if (bracketed !== undefined) return bracketed;
    const withPort = /^(?:\[([0-9a-f:.]+)\]|([^:]+)):(\d+)$/i.exec(text);
    if (withPort !== null) {
      return new Cure("Write the host alone; the port has a key of its own that ends in _PORT");
    }
    if (isIpv6(text)) return text;
    return isHostName(text) ? text : undefined;
  },
);

/** The path of a file or directory. */
export const path: Kind<string> = kind(
  { allowed: "a path", placeholder: "path", json: { type: "string" } },
  (text) => text.includes("\0") ? undefined : text,
);

/** An http or https address. */
export const httpUrl: Kind<URL> = kind(
  { allowed: "an http or https address", placeholder: "url", json: { type: "string", format: "uri" } },
  (text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
  },
);

/** A short word for labels in logs and metrics. */
export const label: Kind<string> = kind(
  {
    allowed: "a label of up to 32 lower-case letters, digits, dots, dashes and underscores",
    placeholder: "label",
    json: { type: "string", pattern: "^[a-z0-9._-]{1,32}$" },
  },
  (text) => /^[a-z0-9._-]{1,32}$/.test(text) ? text : undefined,
);

/** Text that is never shown. */
export const secret: Kind<Secret> = kind(
  { allowed: "printable text", placeholder: "secret", json: { type: "string" } },
  (text) => /^[\x21-\x7e]+$/.test(text) ? new Secret(text) : new Cure("Use printable ASCII without spaces"),
);

/** Address ranges with commas; an address alone is a range of one. */
export const addressRanges: Kind<readonly Cidr[]> = kind(
  {
    allowed: "a list of address ranges",
    placeholder: "ranges",
    json: { type: "string", examples: ["10.1.0.0/16,2001:db8::/32"] },
  },
  (text) => {
    const ranges: Cidr[] = [];
    for (const part of text.split(",").map((each) => each.trim())) {
      const range = parseCidr(part);
      if ("problem" in range) {
        return new Cure("Write ranges such as 10.1.0.0/16 or 2001:db8::/32 with commas between");
      }
      ranges.push(range);
    }
    return ranges;
  },
);

/** The same kind, for a key that may stay unset. */
export function optional<T>(of: Kind<T>): Kind<T | undefined> {
  return of;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value === undefined || value < min || value > max ? undefined : value;
}

function isIpv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text.split("%", 1)[0]}]/`);
}

function isHostName(text: string): boolean {
  if (/^[\d.]+$/.test(text)) {
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
  }
  return text.length <= 253 &&
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?)*\.?$/u
      .test(text);
}
