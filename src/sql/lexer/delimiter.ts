import { caseVariants, isAloneOnLine, isLetter } from "./client_text.ts";

/** First bytes of the lone slash and of GO. */
const LIQUIBASE_STARTS = [0x2f, 0x47, 0x67];

/**
 * What ends statements beside the semicolon: a client's own delimiter. The semicolon goes on to part them, since the
 * server parts by it what the client sends it at once.
 */
export class Delimiter {
  /** In a client's text of Liquibase's, lines that begin with "--" are comments. */
  readonly liquibase: boolean;
  readonly #bytes: Uint8Array | undefined;

  /**
   * @param bytes Undefined for the semicolon.
   * @param liquibase The text is one of that tool's, where a lone `/` or GO stands for the semicolon too.
   */
  constructor(bytes: Uint8Array | undefined, liquibase: boolean) {
    this.#bytes = bytes;
    this.liquibase = liquibase;
  }

  /** Whether it stands in the semicolon's place, and cuts names. */
  get isOwn(): boolean {
    return this.#bytes !== undefined;
  }

  /** The bytes it may begin with. */
  get starts(): readonly number[] {
    if (this.#bytes !== undefined) return caseVariants(this.#bytes[0]!);
    return this.liquibase ? LIQUIBASE_STARTS : [];
  }

  /** Length of the delimiter that stands at `at`; 0 for none. */
  lengthAt(bytes: Uint8Array, at: number, to: number): number {
    const delimiter = this.#bytes;
    if (delimiter === undefined) {
      const length = bytes[at] === 0x2f ? 1 : bytes[at + 1] === 0x6f || bytes[at + 1] === 0x4f ? 2 : 0;
      return length > 0 && isAloneOnLine(bytes, at, at + length, to) ? length : 0;
    }
    const { length } = delimiter;
    if (at + length > to) return 0;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== delimiter[index]) {
        if (!this.liquibase || !caseVariants(delimiter[index]!).includes(bytes[at + index]!)) return 0;
      }
    }
    // Liquibase takes a slash for a division and a word for a name unless it has the line for itself.
    const needsLine = this.liquibase && (delimiter[0] === 0x2f && length === 1 || isLetter(delimiter[0]!));
    return !needsLine || isAloneOnLine(bytes, at, at + length, to) ? length : 0;
  }

  /** Where it begins within a name from `start` to `end`, else `end`. */
  cut(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start + 1; p < end; p++) {
      if (this.lengthAt(bytes, p, bytes.length) > 0) return p;
    }
    return end;
  }
}
