import { isLetter, isSpace, lineEnd, type Marker, readMarker } from "../lexer/client_text.ts";

/** What stands where a statement would begin and is for the client rather than the server. */
export interface ClientCommand {
  /** Where it begins, past white space and comments. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /**
   * `delimiter` changes what ends statements; `marker` is a comment for a migration tool; `use` is a statement that its
   * line ends; `source` reads a file that is not looked at; `other` does nothing to a database.
   */
  readonly kind: "delimiter" | "marker" | "use" | "source" | "other";
  /** With `delimiter`: what ends statements from here on. */
  readonly delimiter?: string;
  readonly marker?: Marker;
}

/** The text has ended before it was clear whether a command stands there. */
export const NEED_MORE = Symbol("need more");

/** How statements end now. */
export interface ClientState {
  readonly delimiter: string;
  /** Every line that begins with "--" is a comment. */
  readonly liquibase: boolean;
  readonly final: boolean;
}

/** Names of the client's commands that no statement of the server begins with, and letters for those that have one. */
const NAMED: ReadonlyMap<string, ClientCommand["kind"]> = new Map([
  ["delimiter", "delimiter"],
  ["use", "use"],
  ["source", "source"],
  ...[
    "charset",
    "clear",
    "connect",
    "edit",
    "ego",
    "exit",
    "go",
    "nopager",
    "notee",
    "nowarning",
    "pager",
    "print",
    "prompt",
    "query_attributes",
    "quit",
    "rehash",
    "resetconnection",
    "ssl_session_data_print",
    "status",
    "system",
    "tee",
    "warnings",
  ].map((name): [string, ClientCommand["kind"]] => [name, "other"]),
]);
const LETTERS: Readonly<Record<string, string>> = { d: "delimiter", ".": "source" };
/** The letters of the commands that take no argument: the text goes on right behind them. */
const ALONE = "#?ceghnpqstwWxG";
const LONGEST_NAME = 22;

/** The command that stands next from `from` on, past white space and comments, if one does. */
export function clientCommand(
  bytes: Uint8Array,
  from: number,
  to: number,
  state: ClientState,
): ClientCommand | typeof NEED_MORE | undefined {
  const { delimiter, final } = state;
  const skipped = skipBlank(bytes, from, to, state);
  if (typeof skipped !== "number") return skipped;
  const start = skipped;
  if (start >= to) return final ? undefined : NEED_MORE;
  const backslash = bytes[start] === 0x5c;
  let wordEnd = backslash ? Math.min(start + 2, to) : start;
  while (!backslash && wordEnd < to && isWordByte(bytes[wordEnd]!)) wordEnd++;
  if (wordEnd - start > LONGEST_NAME || wordEnd === start) return undefined;
  const word = decoder.decode(bytes.subarray(start, wordEnd)).toLowerCase();
  if (wordEnd === to && !final) return mayBecomeCommand(word) ? NEED_MORE : undefined;
  let name = word;
  if (backslash) {
    const letter = String.fromCharCode(bytes[start + 1] ?? 0);
    if (letter === "N") return undefined;
    if (ALONE.includes(letter)) return { kind: "other", start, end: wordEnd };
    if (!"!.CdPrRTu".includes(letter)) return undefined;
    name = LETTERS[letter] ?? "";
  }
  const kind = name === "" ? "other" : NAMED.get(name);
  if (kind === undefined) return undefined;
  const end = lineEnd(bytes, start, to);
  if (end === to && !final) return NEED_MORE;
  const line = decoder.decode(bytes.subarray(wordEnd, end));
  if (kind === "delimiter") {
    return backslash || /^\s/.test(line)
      ? { kind, start, end, delimiter: firstArgument(line) }
      : line.trim() === ""
      ? { kind, start, end, delimiter: "" }
      : undefined;
  }
  // A name that something else follows is a column or a label.
  if (!backslash && !/^(?:\s|$)/.test(line) && !line.startsWith(delimiter)) return undefined;
  const stop = line.indexOf(delimiter);
  if (kind === "use") {
    // With a delimiter on its line it is a statement like any other.
    return stop >= 0 || line.includes("\\g") ? undefined : { kind, start, end };
  }
  return {
    kind,
    start,
    end: stop < 0 ? end : wordEnd + byteLength(line.slice(0, stop + delimiter.length)),
  };
}

/** The first argument as the client takes it: quotes of any kind around it are not part of it. */
function firstArgument(line: string): string {
  const text = line.trim();
  const quoted = /^(["'`])(.*?)\1/.exec(text);
  return quoted?.[2] ?? text.split(/\s/, 1)[0] ?? "";
}

function mayBecomeCommand(word: string): boolean {
  if (word.startsWith("\\")) return true;
  for (const name of NAMED.keys()) if (name.startsWith(word)) return true;
  return false;
}

function isWordByte(byte: number): boolean {
  return isLetter(byte) || byte === 0x5f;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Passes white space and comments that are no code. Gives the comment that is a marker, where one comes first. */
function skipBlank(
  bytes: Uint8Array,
  from: number,
  to: number,
  { final, liquibase }: ClientState,
): number | ClientCommand | typeof NEED_MORE {
  let p = from;
  while (p < to) {
    const byte = bytes[p]!;
    if (isSpace(byte)) p++;
    else if (byte === 0xef && bytes[p + 1] === 0xbb && bytes[p + 2] === 0xbf && p === from) p += 3;
    else if (byte === 0x23 || (byte === 0x2d && bytes[p + 1] === 0x2d)) {
      const end = lineEnd(bytes, p, to);
      if (end === to && !final) return NEED_MORE;
      const marker = readMarker(bytes, p, end);
      if (marker !== undefined) return { kind: "marker", start: p, end, marker };
      const isComment = byte === 0x23 || p + 2 >= to || isSpace(bytes[p + 2]!) || bytes[p + 2] === 0x3e;
      if (!isComment && !liquibase) break;
      p = end;
    } else if (byte === 0x2f && bytes[p + 1] === 0x2a && bytes[p + 2] !== 0x21 && bytes[p + 2] !== 0x2b) {
      let end = p + 2;
      while (end < to && !(bytes[end] === 0x2a && bytes[end + 1] === 0x2f)) end++;
      p = Math.min(end + 2, to);
    } else break;
  }
  return Math.min(p, to);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
