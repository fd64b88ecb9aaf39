import { foldConstant, statementTextOf } from "../condition/fold.ts";
import type { SetItem } from "../model/admin.ts";
import type { Expression } from "../model/expression.ts";
import { charsetOf, charsetOfCollation } from "./charset.ts";
import { ANSI_BIT, LEXING, modesIn, modesOfNumber, SqlMode, textOfMode } from "./sql_mode.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "../options.ts";

/** What a session begins with, from its login. */
export interface SessionStart {
  /** The greeting's version text: `9.7.4`, `8.0.40-Vitess`, `5.5.5-10.11.6-MariaDB`. */
  readonly serverVersion: string;
  /** Collation id of HandshakeResponse41. */
  readonly collation: number;
  /** CLIENT_IGNORE_SPACE was asked for. */
  readonly ignoreSpace: boolean;
}

/** User variables whose text is remembered, for `SET sql_mode = @old` and `PREPARE s FROM @text`, in characters. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_LENGTH = 16_384;
const MAX_REMEMBERED_TOTAL = 65_536;
const STATUS_NO_BACKSLASH_ESCAPES = 0x0200;
/** MariaDB's alone. */
const STATUS_ANSI_QUOTES = 0x8000;
/** One of each way that bytes above 0x7f may hide a quote or a backslash. */
const CHARSETS: readonly SqlCharset[] = ["utf8mb4", "latin1", "gbk", "big5", "sjis", "gb18030"];

/**
 * Follows what changes lexing in one session: the login, SET, session tracking and status bits. {@link options} is the
 * same object for the same settings in all sessions, so that it can be a key.
 */
export class SessionSettings {
  readonly #start: SessionStart;
  #mode: number;
  #charset: SqlCharset;
  /** Settings given in a form whose value cannot be told, such as a placeholder. */
  #unsure = { mode: false, escapes: false, charset: false };
  #remembered = new Map<string, string>();
  #options: SqlOptions;

  constructor(start: SessionStart) {
    this.#start = start;
    this.#mode = start.ignoreSpace ? SqlMode.ignoreSpace : 0;
    this.#charset = charsetOfCollation(start.collation);
    this.#options = this.#intern();
  }

  /** How the next text is to be read; one way of several where {@link uncertain}. */
  get options(): SqlOptions {
    return this.#options;
  }

  /** Whether the next text may have to be read in another way than {@link options} says: see {@link readings}. */
  get uncertain(): boolean {
    const { mode, escapes, charset } = this.#unsure;
    return mode || escapes || charset;
  }

  /** Whether the text of any user variable is known. */
  get remembers(): boolean {
    return this.#remembered.size > 0;
  }

  /** The same settings, to be changed apart from these. */
  fork(): SessionSettings {
    const copy = new SessionSettings(this.#start);
    copy.#mode = this.#mode;
    copy.#charset = this.#charset;
    copy.#unsure = { ...this.#unsure };
    copy.#remembered = new Map(this.#remembered);
    copy.#options = this.#options;
    return copy;
  }

  /** Settings without doubt, one for each way that these bytes may be read under these. */
  readings(bytes: Uint8Array): SessionSettings[] {
    const { mode, escapes, charset } = this.#unsure;
    const ascii = !charset || bytes.every((byte) => byte < 0x80);
    const forks: SessionSettings[] = [];
    for (const one of ascii ? [this.#charset] : CHARSETS) {
      for (const ansi of mode ? [0, SqlMode.ansiQuotes] : [this.#mode & SqlMode.ansiQuotes]) {
        for (const pipes of mode ? [0, SqlMode.pipesAsConcat] : [this.#mode & SqlMode.pipesAsConcat]) {
          const own = this.#mode & SqlMode.noBackslashEscapes;
          for (const plain of escapes ? [0, SqlMode.noBackslashEscapes] : [own]) {
            const fork = this.fork();
            // ANSI is shown as a mode of its own, which is known no better than what it stands for.
            const others = ~(LEXING | (mode ? ANSI_BIT : 0));
            fork.#mode = this.#mode & others | ansi | pipes | plain;
            fork.#charset = one;
            fork.#unsure = { mode: false, escapes: false, charset: false };
            fork.#options = fork.#intern();
            forks.push(fork);
          }
        }
      }
    }
    return forks;
  }

  /** Takes over that these settings or the others may hold: what both agree on stays known. */
  blur(other: SessionSettings): void {
    const differ = (this.#mode ^ other.#mode) & LEXING;
    const mode = this.#unsure.mode || other.#unsure.mode ||
      (differ & (SqlMode.ansiQuotes | SqlMode.pipesAsConcat)) !== 0;
    const escapes = this.#unsure.escapes || other.#unsure.escapes ||
      (differ & SqlMode.noBackslashEscapes) !== 0;
    const charset = this.#unsure.charset || other.#unsure.charset || this.#charset !== other.#charset;
    this.#unsure = { mode, escapes, charset };
    for (const [name, text] of this.#remembered) {
      if (other.#remembered.get(name) !== text) this.#remembered.delete(name);
    }
  }

  /** Notes that code which was not seen may have set the character set, and with `mode` anything else. */
  doubt(mode: boolean): void {
    const unsure = this.#unsure;
    this.#unsure = { mode: unsure.mode || mode, escapes: unsure.escapes || mode, charset: true };
  }

  /** Notes that user variables may have been assigned unseen. */
  forgetVariables(): void {
    this.#remembered.clear();
  }

  /** Notes that a user variable was assigned a value; undefined for one that cannot be told. */
  assign(name: string, text: string | undefined): void {
    this.#remembered.delete(name);
    if (text === undefined || text.length > MAX_REMEMBERED_LENGTH) return;
    let total = text.length;
    for (const one of this.#remembered.values()) total += one.length;
    if (this.#remembered.size < MAX_REMEMBERED && total <= MAX_REMEMBERED_TOTAL) {
      this.#remembered.set(name, text);
    }
  }

  /** Takes over what a SET statement sets, once the server has taken it. */
  applySet(items: readonly SetItem[]): void {
    for (const item of items) {
      if (item.target === "names") this.#setCharset(nameOf(item.value) ?? this.textOf(item.value));
      else if (item.target === "charset") this.#setCharset(nameOf(item.value) ?? this.textOf(item.value));
      else if (item.target === "user") this.assign(item.name, this.textOf(item.value));
      else if (item.scope === undefined || item.scope === "session") {
        if (item.name === "sql_mode") this.#setMode(item.value);
        else if (item.name === "character_set_client") {
          this.#setCharset(nameOf(item.value) ?? this.textOf(item.value));
        }
      }
    }
    this.#options = this.#intern();
  }

  /** Takes over a variable that the server's session tracking reports. */
  applyVariable(name: string, value: string): void {
    if (name === "sql_mode") {
      this.#mode = modesIn(value);
      this.#unsure = { ...this.#unsure, mode: false, escapes: false };
    } else if (name === "character_set_client") this.#setCharset(value);
    else return;
    this.#options = this.#intern();
  }

  /** Takes over the status bits of an OK or EOF packet: the server's own word on NO_BACKSLASH_ESCAPES. */
  applyStatus(status: number): void {
    const set = (status & STATUS_NO_BACKSLASH_ESCAPES) !== 0;
    const ansi = (status & STATUS_ANSI_QUOTES) !== 0 && this.#options.dialect === "mariadb";
    if (this.#unsure.escapes) this.#unsure = { ...this.#unsure, escapes: false };
    let mode = set ? this.#mode | SqlMode.noBackslashEscapes : this.#mode & ~SqlMode.noBackslashEscapes;
    // Older ones have no such bit, so its absence says nothing.
    if (ansi) mode |= SqlMode.ansiQuotes;
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#options = this.#intern();
  }

  /** COM_RESET_CONNECTION: sql_mode and character set go back to the server's defaults, not to the login's. */
  reset(): void {
    this.#mode = this.#start.ignoreSpace ? SqlMode.ignoreSpace : 0;
    this.#charset = "utf8mb4";
    this.#unsure = { mode: false, escapes: false, charset: false };
    this.#remembered.clear();
    this.#options = this.#intern();
  }

  /** COM_CHANGE_USER, which brings a collation of its own. */
  changeUser(collation: number): void {
    this.reset();
    this.#charset = charsetOfCollation(collation);
    this.#options = this.#intern();
  }

  #setCharset(name: string | undefined): void {
    this.#unsure = { ...this.#unsure, charset: name === undefined };
    if (name === "DEFAULT") this.#charset = "utf8mb4";
    else if (name !== undefined) this.#charset = charsetOf(name);
  }

  #setMode(value: Expression): void {
    const mode = this.#modeOf(value);
    const unsure = mode === undefined;
    this.#unsure = { ...this.#unsure, mode: unsure, escapes: unsure };
    if (mode !== undefined) this.#mode = mode;
  }

  /** The bits that SET gives sql_mode; undefined where they cannot be told. */
  #modeOf(value: Expression): number | undefined {
    if (value.type === "column") return modesIn(value.name.text);
    if (value.type === "number") return modesOfNumber(value.value);
    // The server's own setting, which has none of these unless its operator chose otherwise.
    if (value.type === "default") return 0;
    const text = this.textOf(value);
    return text === undefined ? undefined : modesIn(text);
  }

  /** The text that an expression gives in this session; undefined where it cannot be told. */
  textOf(value: Expression): string | undefined {
    const constant = statementTextOf(foldConstant(value));
    if (constant !== undefined) return constant;
    switch (value.type) {
      case "variable":
        if (value.kind === "user") return this.#remembered.get(value.name);
        if (value.scope === "global") return undefined;
        if (value.name === "character_set_client") return this.#unsure.charset ? undefined : this.#charset;
        if (value.name !== "sql_mode") return undefined;
        return this.#unsure.mode || this.#unsure.escapes ? undefined : textOfMode(this.#mode);
      case "call":
        return this.#textOfCall(value.key, value.args);
      case "subquery": {
        const [block, ...others] = value.query.blocks;
        const item = block?.items[0];
        return others.length > 0 || item === undefined ? undefined : this.textOf(item.expression);
      }
      default:
        return undefined;
    }
  }

  #textOfCall(name: string, args: readonly Expression[]): string | undefined {
    const texts: string[] = [];
    for (const argument of args) {
      const text = argument.type === "number" ? argument.text : this.textOf(argument);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    const [first = "", second = "", third = ""] = texts;
    switch (name) {
      case "concat":
        return texts.join("");
      case "concat_ws":
        return texts.slice(1).join(first);
      case "replace":
        return second === "" ? first : first.replaceAll(second, third);
      case "trim":
      case "upper":
      case "lower":
        return args.length !== 1 ? undefined : applyTo(first, name);
      default:
        return undefined;
    }
  }

  #intern(): SqlOptions {
    const { dialect, version } = versionOf(this.#start.serverVersion);
    const key = `${dialect} ${version} ${this.#charset} ${this.#mode}`;
    let options = INTERNED.get(key);
    if (options === undefined) {
      options = {
        ...DEFAULT_SQL_OPTIONS,
        dialect,
        serverVersion: version,
        charset: this.#charset,
        ansiQuotes: (this.#mode & SqlMode.ansiQuotes) !== 0,
        noBackslashEscapes: (this.#mode & SqlMode.noBackslashEscapes) !== 0,
        pipesAsConcat: (this.#mode & SqlMode.pipesAsConcat) !== 0,
        ignoreSpace: (this.#mode & SqlMode.ignoreSpace) !== 0,
        highNotPrecedence: (this.#mode & SqlMode.highNotPrecedence) !== 0,
      };
      INTERNED.set(key, options);
    }
    return options;
  }
}

/** One object for each combination; bounded by the few settings there are, and servers' versions. */
const INTERNED = new Map<string, SqlOptions>();

/** Server kind and number of a version text: 80040 for 8.0.40-Vitess, 101106 for 5.5.5-10.11.6-MariaDB. */
export function versionOf(text: string): { readonly dialect: "mysql" | "mariadb"; readonly version: number } {
  const dialect = /mariadb/i.test(text) ? "mariadb" : "mysql";
  const match = /^(?:5\.5\.5-(?=\d+\.\d))?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return { dialect, version: DEFAULT_SQL_OPTIONS.serverVersion };
  return { dialect, version: Number(match[1]) * 10000 + Number(match[2]) * 100 + Number(match[3] ?? 0) };
}

function applyTo(text: string, name: "trim" | "upper" | "lower"): string {
  if (name === "trim") return text.replace(/^ +| +$/g, "");
  return name === "upper" ? text.toUpperCase() : text.toLowerCase();
}

function nameOf(value: Expression): string | undefined {
  if (value.type === "string") return value.value;
  if (value.type === "column") return value.name.text;
  return value.type === "default" ? "DEFAULT" : undefined;
}
