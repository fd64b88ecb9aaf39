import { LAST_PREPARED_STATEMENT_ID } from "../protocol/commands.ts";

/**
 * Whether the text may be a LOAD DATA LOCAL INFILE: it holds the words LOCAL and INFILE somewhere, in any case. No
 * comment can split a word, so a statement that asks for a file always does; one that merely speaks of it costs a
 * client nothing but the pipelining of the next command.
 */
function mayAskForFile(text: Uint8Array): boolean {
  return indexOfWord(text, INFILE) >= 0 && indexOfWord(text, LOCAL) >= 0;
}

/**
 * Which commands of a session may ask its client for a file: those whose text does, and those that run what such a
 * text prepared, for MariaDB takes LOAD DATA LOCAL INFILE in a prepared statement.
 */
export class FileRequests {
  /** Statements prepared from texts that may ask, by id. */
  readonly #prepared = new Set<number>();
  #lastPreparedAsks = false;
  /** A text may have prepared one under a name. */
  #named = false;

  /** Whether any statement was prepared that may ask. */
  get any(): boolean {
    return this.#lastPreparedAsks || this.#prepared.size > 0;
  }

  /** Whether this COM_QUERY may ask. */
  query(payload: Uint8Array): boolean {
    if (mayAskForFile(payload)) return this.#named = true;
    return this.#named && indexOfWord(payload, EXECUTE) >= 0;
  }

  /** Notes a COM_STMT_PREPARE that is passed on, and tells whether its id is to be given to {@link prepared}. */
  prepare(payload: Uint8Array): boolean {
    return this.#lastPreparedAsks = mayAskForFile(payload);
  }

  prepared(id: number): void {
    this.#prepared.add(id);
  }

  /** Whether running this statement may ask; MariaDB's clients know the last one by -1. */
  execute(id: number): boolean {
    return id === LAST_PREPARED_STATEMENT_ID ? this.#lastPreparedAsks : this.#prepared.has(id);
  }

  close(id: number): void {
    this.#prepared.delete(id);
  }
}

const EXECUTE = [0x65, 0x78, 0x65, 0x63, 0x75, 0x74, 0x65];
const INFILE = [0x69, 0x6e, 0x66, 0x69, 0x6c, 0x65];
const LOCAL = [0x6c, 0x6f, 0x63, 0x61, 0x6c];

function indexOfWord(text: Uint8Array, word: readonly number[]): number {
  const first = word[0] as number;
  const second = word[1] as number;
  const last = text.length - word.length;
  for (let at = 0; at <= last; at++) {
    if (((text[at] as number) | 0x20) !== first || ((text[at + 1] as number) | 0x20) !== second) continue;
    let index = 2;
    while (index < word.length && ((text[at + index] as number) | 0x20) === word[index]) index++;
    if (index === word.length) return at;
  }
  return -1;
}
