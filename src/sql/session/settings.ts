import type { SetItem } from "../model/admin.ts";
import type { Expression } from "../model/expression.ts";
import { versionOf } from "../server_version.ts";
import { charsetOf, charsetOfCollation, charsetReadings, keepsAscii } from "./charset.ts";
import { knownText, type KnownVariables } from "../condition/known_text.ts";
import { READING_VARIABLES } from "./effects.ts";
import { modeOfText } from "./mode_text.ts";
import { ANSI_BIT, LEXING, modesIn, modesOfNumber, SqlMode } from "./sql_mode.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "../options.ts";

/** What a session begins with, from its login. */
export interface SessionStart {
  /** The greeting's version text: `9.7.4`, `8.0.40-Vitess`, `5.5.5-10.11.6-MariaDB`. */
  readonly serverVersion: string;
  /** Collation id of HandshakeResponse41. */
  readonly collation: number;
  /** CLIENT_IGNORE_SPACE was asked for. */
  readonly ignoreSpace: boolean;
  /** What is known of the server's defaults, by all sessions on it; of this session's own where left out. */
  readonly defaults?: ServerDefaults;
  /** Vitess: the workload that the login's name asks for; `oltp` where left out. */
  readonly workload?: string;
}

/** Whether the server's global settings, which DEFAULT and a reset give a session, may have been changed. */
export interface ServerDefaults {
  changed: boolean;
}

/** User variables whose text is remembered, for `SET sql_mode = @old` and `PREPARE s FROM @text`, in characters. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_LENGTH = 16_384;
const MAX_REMEMBERED_TOTAL = 65_536;
const STATUS_NO_BACKSLASH_ESCAPES = 0x0200;
/** MariaDB's alone. */
const STATUS_ANSI_QUOTES = 0x8000;
/** Names of user variables that no collation takes for another of them. */
const PLAIN_NAME = /^[a-z0-9_$.]+$/;

/**
 * Follows what changes lexing in one session: the login, SET, session tracking and status bits. {@link options} is the
 * same object for the same settings in all sessions, so that it can be a key.
 */
export class SessionSettings {
  readonly #start: SessionStart;
  #mode: number;
  #workload: string;
  #charset: SqlCharset;
  /** Settings given in a form whose value cannot be told, such as a placeholder. */
  #unsure = { mode: false, escapes: false, charset: false };
  /** Texts of ASCII are stored as they are: character_set_connection is no set in which they change. */
  #plainTexts = true;
  /** Texts of user variables; a number for the bits of a sql_mode that was set aside, whose text is not known. */
  #remembered = new Map<string, string | number>();
  readonly #defaults: ServerDefaults;
  /** Code that was not seen may have changed what DEFAULT gives. */
  #doubtsDefaults = false;
  #options: SqlOptions;
  readonly #variables: KnownVariables = {
    user: (name) => {
      const known = this.#remembered.get(name);
      return typeof known === "string" ? known : undefined;
    },
    system: (name) => name === "character_set_client" && !this.#unsure.charset ? this.#charset : undefined,
  };

  constructor(start: SessionStart) {
    this.#start = start;
    this.#defaults = start.defaults ?? { changed: false };
    this.#workload = start.workload ?? "oltp";
    this.#mode = start.ignoreSpace ? SqlMode.ignoreSpace : 0;
    this.#charset = charsetOfCollation(start.collation);
    const { changed } = this.#defaults;
    this.#unsure = { mode: changed, escapes: changed, charset: false };
    this.#options = this.#intern();
  }

  /** Vitess: the session's workload, lower case; empty where it cannot be told. */
  get workload(): string {
    return this.#workload;
  }

  /** How the next text is to be read; one way of several where {@link uncertain}. */
  get options(): SqlOptions {
    return this.#options;
  }

  /** Whether the next text may have to be read in another way than {@link options} says: see {@link readings}. */
  get uncertain(): boolean {
    const { mode, escapes, charset } = this.#unsure;
    return mode || escapes || charset || this.unreadable;
  }

  /** Whether the text of any user variable is known. */
  get remembers(): boolean {
    return this.#remembered.size > 0;
  }

  /** The same settings, to be changed apart from these. */
  fork(): SessionSettings {
    const copy = new SessionSettings({ ...this.#start, defaults: this.#defaults });
    copy.#plainTexts = this.#plainTexts;
    copy.#doubtsDefaults = this.#doubtsDefaults;
    copy.#mode = this.#mode;
    copy.#workload = this.#workload;
    copy.#charset = this.#charset;
    copy.#unsure = { ...this.#unsure };
    copy.#remembered = new Map(this.#remembered);
    copy.#options = this.#options;
    return copy;
  }

  /** Whether texts cannot be read for certain in any way: the client's character set is one that has letters for `\\`. */
  get unreadable(): boolean {
    return this.#charset === "swe7";
  }

  /** Settings without doubt, one for each way that these bytes may be read under these. */
  readings(bytes: Uint8Array): SessionSettings[] {
    const { mode, escapes, charset } = this.#unsure;
    const ascii = !charset || bytes.every((byte) => byte < 0x80);
    const forks: SessionSettings[] = [];
    const own = this.unreadable ? "binary" : this.#charset;
    for (const one of ascii ? [own] : charsetReadings(bytes)) {
      for (const ansi of mode ? [0, SqlMode.ansiQuotes] : [this.#mode & SqlMode.ansiQuotes]) {
        for (const pipes of mode ? [0, SqlMode.pipesAsConcat] : [this.#mode & SqlMode.pipesAsConcat]) {
          const set = this.#mode & SqlMode.noBackslashEscapes;
          for (const plain of escapes ? [0, SqlMode.noBackslashEscapes] : [set]) {
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
    this.#plainTexts &&= other.#plainTexts;
    this.#doubtsDefaults ||= other.#doubtsDefaults;
    if (this.#workload !== other.#workload) this.#workload = "";
    for (const [name, text] of this.#remembered) {
      if (other.#remembered.get(name) !== text) this.#remembered.delete(name);
    }
  }

  /** Notes that code which was not seen may have set the character set, and with `mode` anything else. */
  doubt(mode: boolean): void {
    const unsure = this.#unsure;
    if (mode) this.#workload = "";
    this.#unsure = { mode: unsure.mode || mode, escapes: unsure.escapes || mode, charset: true };
    this.#plainTexts = false;
    this.#doubtsDefaults = true;
  }

  /** Notes that user variables may have been assigned unseen. */
  forgetVariables(): void {
    this.#remembered.clear();
  }

  /**
   * Notes that a user variable was assigned a value; undefined for one that cannot be told. The server compares names by
   * a collation of its own, so a name that is not plain may be any.
   */
  assign(name: string, value: string | number | undefined): void {
    if (!PLAIN_NAME.test(name)) return this.forgetVariables();
    this.#remembered.delete(name);
    if (value === undefined || sizeOf(value) > MAX_REMEMBERED_LENGTH) return;
    let total = sizeOf(value);
    for (const one of this.#remembered.values()) total += sizeOf(one);
    if (this.#remembered.size < MAX_REMEMBERED && total <= MAX_REMEMBERED_TOTAL) {
      this.#remembered.set(name, value);
    }
  }

  /**
   * Takes over what a SET statement sets, once the server has taken it. The server evaluates every value before it
   * assigns the first; `assigning` says that some value assigns user variables on the way.
   */
  applySet(items: readonly SetItem[], assigning = false): void {
    const changes = items.map((item) => this.#changeOf(item));
    if (assigning) this.forgetVariables();
    for (const change of changes) change?.();
    if (assigning) this.forgetVariables();
    this.#options = this.#intern();
  }

  /** What one item of SET will do, its value evaluated now; undefined where it does nothing that is followed. */
  #changeOf({ target, name, scope, value }: SetItem): (() => void) | undefined {
    switch (target) {
      case "names":
      case "charset": {
        const charset = this.#nameOf(value);
        return () => {
          this.#setCharset(charset);
          this.#plainTexts = this.#isPlain(charset);
        };
      }
      case "user": {
        const known = this.valueOf(value);
        return () => this.assign(name, known);
      }
      case "system":
        if (scope !== undefined && scope !== "session") {
          return this.#isUsual(name, value) ? undefined : () => void (this.#defaults.changed = true);
        }
    }
    switch (name) {
      case "sql_mode": {
        const mode = this.#sqlModeOf(value);
        return () => this.#setMode(mode);
      }
      case "character_set_client": {
        const charset = this.#nameOf(value);
        return () => this.#setCharset(charset);
      }
      case "workload": {
        const workload = this.#nameOf(value)?.toLowerCase() ?? "";
        return () => void (this.#workload = workload);
      }
      case "character_set_connection":
      case "collation_connection": {
        const charset = this.#nameOf(value);
        return () => void (this.#plainTexts = this.#isPlain(charset));
      }
      default:
        return undefined;
    }
  }

  /** Takes over a variable that the server's session tracking reports. */
  applyVariable(name: string, value: string): void {
    if (name === "sql_mode") {
      this.#mode = modesIn(value);
      this.#unsure = { ...this.#unsure, mode: false, escapes: false };
    } else if (name === "character_set_client") this.#setCharset(value);
    else if (name === "character_set_connection") this.#plainTexts = keepsAscii(value);
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
    const unsure = this.#defaults.changed;
    this.#workload = this.#start.workload ?? "oltp";
    this.#mode = this.#start.ignoreSpace ? SqlMode.ignoreSpace : 0;
    this.#charset = "utf8mb4";
    this.#unsure = { mode: unsure, escapes: unsure, charset: unsure };
    this.#plainTexts = !unsure;
    this.#remembered.clear();
    this.#options = this.#intern();
  }

  /** COM_CHANGE_USER, which brings a collation of its own. */
  changeUser(collation: number): void {
    this.reset();
    this.#charset = charsetOfCollation(collation);
    this.#unsure = { ...this.#unsure, charset: false };
    this.#plainTexts = true;
    this.#options = this.#intern();
  }

  #setCharset(name: string | undefined): void {
    const charset = name === undefined
      ? undefined
      : name === DEFAULT
      ? this.#defaultCharset()
      : charsetOf(name);
    this.#unsure = { ...this.#unsure, charset: charset === undefined };
    if (charset !== undefined) this.#charset = charset;
  }

  /** Whether a global variable is set to what sessions are taken to begin with, or changes no reading. */
  #isUsual(name: string, value: Expression): boolean {
    if (!READING_VARIABLES.has(name)) return true;
    if (name === "sql_mode") return this.#sqlModeOf(value) === 0;
    const charset = this.#nameOf(value);
    return charset !== undefined && charset !== DEFAULT && charset.startsWith("utf8");
  }

  #isPlain(charset: string | undefined): boolean {
    return charset !== undefined && keepsAscii(charset) && (charset !== DEFAULT || this.#knowsDefaults);
  }

  get #knowsDefaults(): boolean {
    return !this.#defaults.changed && !this.#doubtsDefaults;
  }

  #defaultCharset(): SqlCharset | undefined {
    return this.#knowsDefaults ? "utf8mb4" : undefined;
  }

  #setMode(mode: number | undefined): void {
    const unsure = mode === undefined;
    this.#unsure = { ...this.#unsure, mode: unsure, escapes: unsure };
    if (mode !== undefined) this.#mode = mode;
  }

  /** The bits that SET gives sql_mode; undefined where they cannot be told. */
  #sqlModeOf(value: Expression): number | undefined {
    if (value.type === "column") return modesIn(value.name.text);
    if (value.type === "number") return modesOfNumber(value.value);
    // The server's own setting, which has none of these unless its operator chose otherwise.
    if (value.type === "default") return this.#knowsDefaults ? 0 : undefined;
    // Names of modes are the same in every character set a connection can have.
    const text = knownText(value, this.#variables);
    return text === undefined ? this.#modeOf(value) : modesIn(text);
  }

  #modeOf(value: Expression): number | undefined {
    return modeOfText(value, {
      current: this.#unsure.mode || this.#unsure.escapes ? undefined : this.#mode,
      kept: (name) => {
        const known = this.#remembered.get(name);
        return typeof known === "number" ? known : undefined;
      },
      textOf: (part) => this.textOf(part),
    });
  }

  /** The text that an expression gives in this session; undefined where it cannot be told. */
  textOf(value: Expression): string | undefined {
    return this.#plainTexts ? knownText(value, this.#variables) : undefined;
  }

  /** What {@link assign} keeps of an expression: its text, or the bits of a sql_mode; undefined where it cannot be told. */
  valueOf(value: Expression): string | number | undefined {
    return this.textOf(value) ?? this.#modeOf(value);
  }

  /** The name of a character set or collation that an item of SET gives; undefined where it cannot be told. */
  #nameOf(value: Expression): string | undefined {
    if (value.type === "column") return value.name.text;
    if (value.type === "default") return DEFAULT;
    if (value.type === "number") return charsetOfCollation(value.value);
    return knownText(value, this.#variables);
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

function sizeOf(value: string | number): number {
  return typeof value === "string" ? value.length : 0;
}

/** What stands for a name where SET says DEFAULT: no character set's. */
const DEFAULT = "\0";
