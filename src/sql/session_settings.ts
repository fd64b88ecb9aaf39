import type { SetItem } from "./model/admin.ts";
import type { Expression } from "./model/expression.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "./options.ts";

/** What a session begins with, from its login. */
export interface SessionStart {
  /** The greeting's version text: `9.7.4`, `8.0.40-Vitess`, `5.5.5-10.11.6-MariaDB`. */
  readonly serverVersion: string;
  /** Collation id of HandshakeResponse41. */
  readonly collation: number;
  /** CLIENT_IGNORE_SPACE was asked for. */
  readonly ignoreSpace: boolean;
}

/** The sql_mode bits that change lexing, under MySQL's own numbers. */
const Mode = {
  pipesAsConcat: 2,
  ansiQuotes: 4,
  ignoreSpace: 8,
  noBackslashEscapes: 1 << 20,
  highNotPrecedence: 1 << 29,
} as const;
const ANSI = Mode.pipesAsConcat | Mode.ansiQuotes | Mode.ignoreSpace;
const ANSI_BIT = 1 << 18;
const ALL = ANSI | ANSI_BIT | Mode.noBackslashEscapes | Mode.highNotPrecedence;

const MODE_NAMES: ReadonlyMap<string, number> = new Map([
  ["PIPES_AS_CONCAT", Mode.pipesAsConcat],
  ["ANSI_QUOTES", Mode.ansiQuotes],
  ["IGNORE_SPACE", Mode.ignoreSpace],
  ["NO_BACKSLASH_ESCAPES", Mode.noBackslashEscapes],
  ["HIGH_NOT_PRECEDENCE", Mode.highNotPrecedence],
  ["ANSI", ANSI | ANSI_BIT],
  // MariaDB and MySQL 5.7 know modes of other products.
  ["ORACLE", ANSI],
  ["POSTGRESQL", ANSI],
  ["MSSQL", ANSI],
  ["DB2", ANSI],
  ["MAXDB", ANSI],
]);

/** User variables whose text is remembered for `SET sql_mode = @old`, and how long a text. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_LENGTH = 1024;
const STATUS_NO_BACKSLASH_ESCAPES = 0x0200;

/**
 * Follows what changes lexing in one session: the login, SET, session tracking and status bits. {@link options} is the
 * same object for the same settings in all sessions, so that it can be a key.
 */
export class SessionSettings {
  /**
   * Whether a setting was given in a form whose value cannot be told, such as a placeholder: what is set since may be
   * wrong. Stays until sql_mode is set in a form that can be told, or the session is reset.
   */
  uncertain = false;

  readonly #start: SessionStart;
  #mode: number;
  #charset: SqlCharset;
  readonly #remembered = new Map<string, string>();
  #options: SqlOptions;

  constructor(start: SessionStart) {
    this.#start = start;
    this.#mode = start.ignoreSpace ? Mode.ignoreSpace : 0;
    this.#charset = charsetOfCollation(start.collation);
    this.#options = this.#intern();
  }

  /** How the next text is to be read. */
  get options(): SqlOptions {
    return this.#options;
  }

  /** Takes over what a SET statement sets, once the server has taken it. */
  applySet(items: readonly SetItem[]): void {
    for (const item of items) {
      if (item.target === "names") this.#setCharset(nameOf(item.value));
      else if (item.target === "charset") this.#setCharset(nameOf(item.value));
      else if (item.target === "user") this.#remember(item);
      else if (item.scope === undefined || item.scope === "session") {
        if (item.name === "sql_mode") this.#setMode(item.value);
        else if (item.name === "character_set_client") this.#setCharset(nameOf(item.value));
      }
    }
    this.#options = this.#intern();
  }

  /** Takes over a variable that the server's session tracking reports. */
  applyVariable(name: string, value: string): void {
    if (name === "sql_mode") {
      this.#mode = modesIn(value);
      this.uncertain = false;
    } else if (name === "character_set_client") this.#setCharset(value);
    else return;
    this.#options = this.#intern();
  }

  /** Takes over the status bits of an OK or EOF packet: the server's own word on NO_BACKSLASH_ESCAPES. */
  applyStatus(status: number): void {
    const set = (status & STATUS_NO_BACKSLASH_ESCAPES) !== 0;
    if (set === ((this.#mode & Mode.noBackslashEscapes) !== 0)) return;
    this.#mode = set ? this.#mode | Mode.noBackslashEscapes : this.#mode & ~Mode.noBackslashEscapes;
    this.#options = this.#intern();
  }

  /** COM_RESET_CONNECTION: sql_mode and character set go back to the server's defaults, not to the login's. */
  reset(): void {
    this.#mode = this.#start.ignoreSpace ? Mode.ignoreSpace : 0;
    this.#charset = "utf8mb4";
    this.uncertain = false;
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
    if (name === undefined) this.uncertain = true;
    else if (name === "DEFAULT") this.#charset = "utf8mb4";
    else this.#charset = charsetOf(name);
  }

  #setMode(value: Expression): void {
    const mode = this.#modeOf(value);
    this.uncertain = mode === undefined;
    if (mode !== undefined) this.#mode = mode;
  }

  #remember({ name, value }: SetItem): void {
    const text = this.#textOf(value);
    if (text === undefined || text.length > MAX_REMEMBERED_LENGTH) this.#remembered.delete(name);
    else if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(name, text);
  }

  /** The bits that SET gives sql_mode; undefined where they cannot be told. */
  #modeOf(value: Expression): number | undefined {
    if (value.type === "column") return modesIn(value.name.text);
    if (value.type === "number") return (value.value & ALL) | ((value.value & ANSI_BIT) === 0 ? 0 : ANSI);
    // The server's own setting, which has none of these unless its operator chose otherwise.
    if (value.type === "default") return 0;
    const text = this.#textOf(value);
    return text === undefined ? undefined : modesIn(text);
  }

  /** An expression's value, as far as sql_mode matters in it; undefined where it cannot be told. */
  #textOf(value: Expression): string | undefined {
    switch (value.type) {
      case "string":
        return value.value;
      case "variable":
        if (value.kind === "user") return this.#remembered.get(value.name);
        return value.name === "sql_mode" && value.scope !== "global" ? textOfMode(this.#mode) : undefined;
      case "call":
        return this.#textOfCall(value.key, value.args);
      case "subquery": {
        const [block, ...others] = value.query.blocks;
        const item = block?.items[0];
        return others.length > 0 || item === undefined ? undefined : this.#textOf(item.expression);
      }
      default:
        return undefined;
    }
  }

  #textOfCall(name: string, args: readonly Expression[]): string | undefined {
    const texts: string[] = [];
    for (const argument of args) {
      const text = this.#textOf(argument);
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
        return args.length === 1 ? first : undefined;
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
        ansiQuotes: (this.#mode & Mode.ansiQuotes) !== 0,
        noBackslashEscapes: (this.#mode & Mode.noBackslashEscapes) !== 0,
        pipesAsConcat: (this.#mode & Mode.pipesAsConcat) !== 0,
        ignoreSpace: (this.#mode & Mode.ignoreSpace) !== 0,
        highNotPrecedence: (this.#mode & Mode.highNotPrecedence) !== 0,
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

function modesIn(text: string): number {
  let mode = 0;
  for (const word of text.split(",")) mode |= MODE_NAMES.get(word.trim().toUpperCase()) ?? 0;
  return mode;
}

/** What @@sql_mode shows of the bits. */
function textOfMode(mode: number): string {
  const words: string[] = [];
  if ((mode & Mode.pipesAsConcat) !== 0) words.push("PIPES_AS_CONCAT");
  if ((mode & Mode.ansiQuotes) !== 0) words.push("ANSI_QUOTES");
  if ((mode & Mode.ignoreSpace) !== 0) words.push("IGNORE_SPACE");
  if ((mode & ANSI_BIT) !== 0) words.push("ANSI");
  if ((mode & Mode.noBackslashEscapes) !== 0) words.push("NO_BACKSLASH_ESCAPES");
  if ((mode & Mode.highNotPrecedence) !== 0) words.push("HIGH_NOT_PRECEDENCE");
  return words.join(",");
}

function nameOf(value: Expression): string | undefined {
  if (value.type === "string") return value.value;
  if (value.type === "column") return value.name.text;
  return value.type === "default" ? "DEFAULT" : undefined;
}

function charsetOf(name: string): SqlCharset {
  switch (name.toLowerCase()) {
    case "utf8mb4":
    case "utf8mb3":
    case "utf8":
      return "utf8mb4";
    case "gbk":
    case "big5":
    case "sjis":
    case "cp932":
    case "gb18030":
    case "gb2312":
    case "euckr":
    case "ujis":
    case "binary":
      return name.toLowerCase() as SqlCharset;
    case "eucjpms":
      return "ujis";
    case "ascii":
      return "binary";
    default:
      return "latin1";
  }
}

const COLLATION_CHARSETS: ReadonlyMap<number, SqlCharset> = new Map([
  [1, "big5"],
  [84, "big5"],
  [12, "ujis"],
  [91, "ujis"],
  [97, "ujis"],
  [98, "ujis"],
  [13, "sjis"],
  [88, "sjis"],
  [19, "euckr"],
  [85, "euckr"],
  [24, "gb2312"],
  [86, "gb2312"],
  [28, "gbk"],
  [87, "gbk"],
  [95, "cp932"],
  [96, "cp932"],
  [248, "gb18030"],
  [249, "gb18030"],
  [250, "gb18030"],
  [63, "binary"],
  [11, "binary"],
  [65, "binary"],
]);

/** The character set of a collation's number; utf8mb4 for those a server does not know, as it takes its default. */
function charsetOfCollation(id: number): SqlCharset {
  const known = COLLATION_CHARSETS.get(id);
  if (known !== undefined) return known;
  if (id === 33 || id === 45 || id === 46 || id === 76 || id === 83 || id >= 192 || id === 0) {
    return "utf8mb4";
  }
  return "latin1";
}
