import { isDigit, isHexDigit } from "./scan.ts";
import { T } from "./tokens.ts";

/** Reads numbers, and names that begin with a digit. What it found is in its fields until the next call. */
export class NumberReader {
  /** {@link T.end} means that MySQL drops the number (`1.e`) and takes the byte at `end - 1` as the token. */
  kind = 0;
  /** Where it ends; for a name, where its rest has yet to be read. */
  end = 0;

  /** Reads what begins with a digit at `at`: a number, 0x.., 0b.., or a name. */
  number(bytes: Uint8Array, at: number, to: number, identifier: Uint8Array): void {
    let p = at + 1;
    if (bytes[at] === 0x30 && p < to) {
      const coded = bytes[p] === 0x78 ? T.hexLiteral : bytes[p] === 0x62 ? T.bitLiteral : 0;
      if (coded !== 0) {
        p++;
        if (coded === T.hexLiteral) { while (p < to && isHexDigit(bytes[p]!)) p++; }
        else while (p < to && (bytes[p] === 0x30 || bytes[p] === 0x31)) p++;
        const whole = p - at >= 3 && !(p < to && identifier[bytes[p]!] !== 0);
        return this.#finish(whole ? coded : T.identifier, p);
      }
    }
    while (p < to && isDigit(bytes[p]!)) p++;
    if (p >= to) return this.#finish(T.integer, p);
    const next = bytes[p]!;
    if (next === 0x2e) return this.fraction(bytes, p + 1, to);
    if (identifier[next] === 0) return this.#finish(T.integer, p);
    if (next === 0x65 || next === 0x45) {
      const digits = exponentDigits(bytes, p + 1, to);
      if (digits > 0) return this.#finish(T.float, skipDigits(bytes, digits, to));
    }
    this.#finish(T.identifier, p);
  }

  /** Reads on after a number's point. */
  fraction(bytes: Uint8Array, at: number, to: number): void {
    const p = skipDigits(bytes, at, to);
    if (p >= to || (bytes[p] !== 0x65 && bytes[p] !== 0x45)) return this.#finish(T.decimal, p);
    const digits = exponentDigits(bytes, p + 1, to);
    if (digits > 0) return this.#finish(T.float, skipDigits(bytes, digits, to));
    const sign = p + 1 < to && (bytes[p + 1] === 0x2b || bytes[p + 1] === 0x2d) ? 1 : 0;
    this.#finish(T.end, Math.min(p + 2 + sign, to));
  }

  #finish(kind: number, end: number): void {
    this.kind = kind;
    this.end = end;
  }
}

function exponentDigits(bytes: Uint8Array, at: number, to: number): number {
  let p = at;
  if (p < to && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++;
  return p < to && isDigit(bytes[p]!) ? p : 0;
}

function skipDigits(bytes: Uint8Array, at: number, to: number): number {
  let p = at;
  while (p < to && isDigit(bytes[p]!)) p++;
  return p;
}
