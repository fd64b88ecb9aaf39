/** Statements out of MySQL's and MariaDB's slow and general logs, line by line. */

/** One entry of a log: a text that a client sent, of one statement or several. */
export interface LoggedText {
  readonly text: string;
  /** Line of the log it begins at, from 1. */
  readonly line: number;
  /** How often it occurred, where the log says. */
  readonly count: number;
}

/** What a log holds that could not be read. */
export interface UnreadPart {
  /** From 1. */
  readonly line: number;
  /** What is wrong with it, to follow "Line 7". */
  readonly problem: string;
}

/** Reads lines and gives the entries that they end. */
export interface LogReader {
  line(text: string): readonly LoggedText[];
  end(): readonly LoggedText[];
  /** In order of lines. */
  readonly unread: readonly UnreadPart[];
}

/** Longest entry that is judged, in characters; a longer one is an error. */
export const LONGEST_ENTRY = 1 << 26;
/** Parts that could not be read and are named; those after it are only counted by the caller. */
const MOST_UNREAD = 1000;

/** Lines of an entry until the next header. */
class Pending {
  readonly unread: UnreadPart[] = [];
  #lines: string[] = [];
  #length = 0;
  #line = 0;

  add(text: string, line: number): void {
    if (this.#lines.length === 0) this.#line = line;
    this.#length += text.length + 1;
    if (this.#length > LONGEST_ENTRY) this.#lines.length = 1;
    else this.#lines.push(text);
  }

  take(): LoggedText[] {
    const text = this.#lines.join("\n").trim();
    const isLong = this.#length > LONGEST_ENTRY;
    this.#lines = [];
    this.#length = 0;
    if (isLong) note(this.unread, this.#line, `begins an entry of more than ${LONGEST_ENTRY >> 20} MiB`);
    return text === "" || isLong ? [] : [{ text, line: this.#line, count: 1 }];
  }
}

/** Adds a part that could not be read. */
export function note(unread: UnreadPart[], line: number, problem: string): void {
  if (unread.length < MOST_UNREAD) unread.push({ line, problem });
}

/** What begins an entry, and stands in no statement but by design: the time, or the account with its host. */
const SLOW_START = /^# (?:Time: \d|User@Host: .*\[.*\] @ .*\[.*\])/;
const BANNER = /^(?:\S*(?:mysqld|mariadbd)\S*, Version: |Tcp port: |Time\s+Id Command)/;
const PREAMBLE = /^(?:use [^;]+;|SET (?:timestamp|last_insert_id|insert_id)=[^;]*;)$/i;

/**
 * The slow query log of MySQL, Percona Server and MariaDB. An entry is a block of `#` lines, then USE and SET lines that
 * the log itself writes, then the text. A `#` line within the text is a comment of the text.
 */
export class SlowLogReader implements LogReader {
  readonly #pending = new Pending();
  #number = 0;
  #part: "before" | "header" | "text" = "before";

  get unread(): readonly UnreadPart[] {
    return this.#part === "before" && this.#number > 0
      ? [{ line: 1, problem: "is not followed by any entry of a slow log" }]
      : this.#pending.unread;
  }

  line(text: string): readonly LoggedText[] {
    this.#number++;
    if (SLOW_START.test(text)) {
      const done = this.#pending.take();
      this.#part = "header";
      return done;
    }
    if (BANNER.test(text)) {
      if (this.#part === "before") this.#part = "header";
      return this.#pending.take();
    }
    if (this.#part === "before") return [];
    if (this.#part === "header" && (text.startsWith("#") || PREAMBLE.test(text.trim()))) return [];
    this.#part = "text";
    this.#pending.add(text, this.#number);
    return [];
  }

  end(): readonly LoggedText[] {
    return this.#pending.take();
  }
}

/** An event with the time it came at. Its name is whatever the server calls the command. */
const TIMED =
  /^(?:\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?|\d{6}\s+\d{1,2}:\d\d:\d\d)\s+\d+ ([A-Z][A-Za-z_]*(?: [A-Za-z_]+)*)(?:\t(.*))?$/;
/** One of the same second, without the time: only a name that servers have tells it from a statement's line. */
const UNTIMED =
  /^\t+ *\d+ (Sleep|Quit|Init DB|Query|Field List|Create DB|Drop DB|Refresh|Shutdown|Statistics|Processlist|Connect(?: Out)?|Kill|Debug|Ping|Time|Delayed insert|Change user|Binlog Dump(?: GTID)?|Table Dump|Register (?:Slave|Replica)|Prepare|Execute|Long Data|Close stmt|Reset stmt|Set option|Fetch|Daemon|Error|Reset Connection|clone|Group Replication Data Stream subscription|Bulk_execute|Multi|Unprepare)(?:\t(.*))?$/;

/** The general query log of MySQL and MariaDB: texts that ran. */
export class GeneralLogReader implements LogReader {
  readonly #pending = new Pending();
  #number = 0;
  #seen = false;
  #inside = false;

  get unread(): readonly UnreadPart[] {
    return this.#number > 0 && !this.#seen
      ? [{ line: 1, problem: "is not followed by any entry of a general log" }]
      : this.#pending.unread;
  }

  line(text: string): readonly LoggedText[] {
    this.#number++;
    const event = TIMED.exec(text) ?? UNTIMED.exec(text);
    if (event === null && !BANNER.test(text)) {
      if (this.#inside) this.#pending.add(text, this.#number);
      return [];
    }
    const done = this.#pending.take();
    this.#seen = true;
    const [, name, argument = ""] = event ?? [];
    this.#inside = name === "Query" || name === "Execute" || name === "Bulk_execute";
    if (this.#inside) this.#pending.add(argument, this.#number);
    // A command of its own, which drops the database that it names.
    else if (name === "Drop DB") {
      return [...done, {
        text: `DROP DATABASE \`${argument.replaceAll("`", "``")}\``,
        line: this.#number,
        count: 1,
      }];
    }
    return done;
  }

  end(): readonly LoggedText[] {
    return this.#pending.take();
  }
}
