import type { SqlCharset } from "../options.ts";
import { characterLength } from "./charset.ts";
import type { Delimiter } from "./delimiter.ts";
import { noteSuspicious } from "./scan.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import { Oddity } from "./tokens.ts";

/** Reads names without quotes, and knows where a client's own delimiter cuts them. */
export class NameReader {
  /** Whether the name read last has characters beyond ASCII. */
  beyondAscii = false;
  /** What else a name ends at; undefined for nothing. */
  delimiter: Delimiter | undefined;

  readonly #charset: SqlCharset;
  readonly #identifier: Uint8Array;

  constructor(charset: SqlCharset, identifier: Uint8Array) {
    this.#charset = charset;
    this.#identifier = identifier;
  }

  /** End of a name that began at `start` and goes on at `at`; where a delimiter is set, it ends there too. */
  end(bytes: Uint8Array, at: number, to: number, start: number, tokens: TokenBuffer): number {
    const identifier = this.#identifier;
    let p = at;
    this.beyondAscii = false;
    while (p < to) {
      const follows = identifier[bytes[p]!]!;
      if (follows === 0) break;
      if (follows === 1) p++;
      else {
        this.beyondAscii = true;
        p += characterLength(this.#charset, bytes, p, to) || 1;
      }
    }
    if (this.delimiter?.isOwn) p = this.delimiter.cut(bytes, start, p);
    if (this.beyondAscii && this.#charset === "utf8mb4") inspectName(bytes, start, p, tokens);
    return p;
  }

  /** Whether a dot and then a name without quotes follows. */
  dotFollows(bytes: Uint8Array, at: number, to: number): boolean {
    return at + 1 < to && bytes[at] === 0x2e && this.#identifier[bytes[at + 1]!] !== 0;
  }
}

/** Looks for characters in a name that are not what they look like, and for stray bytes (UTF-8). */
function inspectName(bytes: Uint8Array, from: number, to: number, tokens: TokenBuffer): void {
  let p = from;
  while (p < to) {
    const length = bytes[p]! < 0x80 ? 1 : characterLength("utf8mb4", bytes, p, to);
    if (length === 0) tokens.addOddity(Oddity.invalidByte, p);
    else if (length > 1) noteSuspicious(bytes, p, to, tokens, true);
    p += length || 1;
  }
}
