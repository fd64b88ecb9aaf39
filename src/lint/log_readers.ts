/** Statements out of MySQL's slow and general logs and out of JSON, line by line. */

/** One statement of a log. */
export interface LoggedStatement {
  readonly text: string;
  /** Line of the log it begins at, from 1. */
  readonly line: number;
  /** How often it occurred, where the log says. */
  readonly count: number;
}

/** Reads lines and gives the statements that they end. */
export interface LogReader {
  line(text: string): readonly LoggedStatement[];
  end(): readonly LoggedStatement[];
}

/** Longest statement kept of a log, in characters. */
const LONGEST = 1 << 20;

/** Lines of a statement until the next header. */
class Pending {
  #lines: string[] = [];
  #length = 0;
  #line = 0;

  add(text: string, line: number): void {
    if (this.#lines.length === 0) this.#line = line;
    if (this.#length > LONGEST) return;
    this.#lines.push(text);
    this.#length += text.length;
  }

  take(): LoggedStatement[] {
    const text = this.#lines.join("\n").trim().replace(/;$/, "").trim();
    this.#lines = [];
    this.#length = 0;
    return text === "" ? [] : [{ text, line: this.#line, count: 1 }];
  }
}

/** MySQL's slow query log, Percona's and MariaDB's additions included. */
export class SlowLogReader implements LogReader {
  readonly #pending = new Pending();
  #number = 0;
  #header = true;

  line(text: string): readonly LoggedStatement[] {
    this.#number++;
    if (
      /^# (Time|User@Host|Query_time|Schema|Thread_id|Full_scan|Bytes_sent|QC_Hit|Filesort|InnoDB|Killed|Log_slow|Stored routine|administrator command|Rows|No InnoDB|Profile|explain|Start)\b/i
        .test(text)
    ) {
      const done = this.#header ? [] : this.#pending.take();
      this.#header = true;
      return done;
    }
    if (/^(\S*mysqld\S*, Version: |Tcp port: |Time +Id +Command)/.test(text)) return this.#pending.take();
    if (this.#header && /^(use [^;]+;|SET (timestamp|last_insert_id|insert_id)=[^;]*;)$/i.test(text.trim())) {
      return [];
    }
    if (text.startsWith("# ") && this.#header) return [];
    this.#header = false;
    this.#pending.add(text, this.#number);
    // A line that ends with a semicolon may still be followed by more of a stored program's text: the header decides.
    return [];
  }

  end(): readonly LoggedStatement[] {
    return this.#pending.take();
  }
}

const GENERAL =
  /^(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)\s+|\d{6}\s+\d{1,2}:\d\d:\d\d\s+|\t+\s*)\s*(\d+) (Connect|Query|Prepare|Execute|Init DB|Quit|Field List|Statistics|Ping|Close stmt|Reset stmt|Change user|Kill|Processlist|Long Data|Set option|Fetch|Daemon|Refresh|Shutdown|Binlog Dump|Table Dump|Connect Out|Register Slave|Reset Connection)\b\t?\s?(.*)$/;

/** MySQL's general query log: Query and Execute events. */
export class GeneralLogReader implements LogReader {
  readonly #pending = new Pending();
  #number = 0;
  #inside = false;

  line(text: string): readonly LoggedStatement[] {
    this.#number++;
    const event = GENERAL.exec(text);
    if (event === null) {
      if (this.#inside) this.#pending.add(text, this.#number);
      return [];
    }
    const done = this.#pending.take();
    this.#inside = event[2] === "Query" || event[2] === "Execute";
    if (this.#inside) this.#pending.add(event[3] ?? "", this.#number);
    return done;
  }

  end(): readonly LoggedStatement[] {
    return this.#pending.take();
  }
}

/** Keys under which exporters put the SQL text, most exact first. */
const TEXT_KEYS = [
  "sql_text",
  "sql",
  "query",
  "statement",
  "query_sample_text",
  "argument",
  "normalized_sql",
  "digest_text",
];
const COUNT_KEYS = ["count", "count_star", "calls", "query_count", "exec_count"];

/** JSON: a line an object, or an array of objects a line or over many; also bare strings. */
export class JsonReader implements LogReader {
  #number = 0;
  #rest = "";
  #restLine = 1;

  line(text: string): readonly LoggedStatement[] {
    this.#number++;
    const trimmed = text.trim();
    if (this.#rest === "" && /^[[\],]*$/.test(trimmed)) return [];
    if (this.#rest === "") {
      const value = parse(trimmed.replace(/^\[(?=\s*[{"])(?!.*\]$)/, "").replace(/,$/, ""));
      if (value !== undefined) return statementsOf(value, this.#number);
      this.#restLine = this.#number;
    }
    if (this.#rest.length <= LONGEST * 64) this.#rest += `${text}\n`;
    return [];
  }

  end(): readonly LoggedStatement[] {
    if (this.#rest === "") return [];
    const value = parse(this.#rest);
    if (value === undefined) throw new SyntaxError(`Line ${this.#restLine} begins something that is no JSON`);
    return statementsOf(value, this.#restLine);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statementsOf(value: unknown, line: number): LoggedStatement[] {
  if (Array.isArray(value)) return value.flatMap((item) => statementsOf(item, line));
  if (typeof value === "string") return value.trim() === "" ? [] : [{ text: value, line, count: 1 }];
  if (typeof value !== "object" || value === null) return [];
  const record = new Map(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item as unknown]));
  const text = TEXT_KEYS.map((key) => record.get(key)).find((item): item is string =>
    typeof item === "string"
  );
  if (text === undefined) {
    return [...record.values()].flatMap((item) => (Array.isArray(item) ? statementsOf(item, line) : []));
  }
  const count = COUNT_KEYS.map((key) => Number(record.get(key) ?? Number.NaN)).find((number) => number >= 1);
  return [{ text, line, count: count ?? 1 }];
}
