import { type LoggedText, type LogReader, LONGEST_ENTRY, note, type UnreadPart } from "./log_readers.ts";

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

/**
 * JSON in any layout: a value a line, several on one, an array or objects over many lines; values are objects or bare
 * strings. What is no JSON is noted, and reading goes on with the next line.
 */
export class JsonLogReader implements LogReader {
  readonly #unread: UnreadPart[] = [];
  #number = 0;
  #values = 0;
  #texts = 0;
  /** Where the value that is open began, its lines so far, and its state. */
  #openLine = 0;
  #lines: string[] = [];
  #length = 0;
  #depth = 0;

  get unread(): readonly UnreadPart[] {
    return this.#unread.length === 0 && this.#values > 0 && this.#texts === 0
      ? [{ line: 1, problem: `and those after it hold no text under ${TEXT_KEYS.slice(0, 4).join(", ")}` }]
      : this.#unread;
  }

  line(text: string): readonly LoggedText[] {
    this.#number++;
    if (this.#depth === 0) {
      const value = parse(text.trim().replace(/,$/, ""));
      if (value !== undefined) return this.#take(value, this.#number);
    }
    return this.#scan(text);
  }

  end(): readonly LoggedText[] {
    return this.#depth === 0 ? [] : this.#giveUp("begins a JSON value that does not end");
  }

  /** Looks at a line that is no value by itself. Brackets around the values are passed over. */
  #scan(text: string): LoggedText[] {
    const found: LoggedText[] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at]!;
      if (char === '"') {
        const close = stringEnd(text, at);
        if (close < 0) {
          if (this.#depth === 0) note(this.#unread, this.#number, "is not JSON");
          else {
            this.#keep(text.slice(start));
            found.push(...this.#giveUp("begins a JSON value with a string that does not end"));
          }
          return found;
        }
        if (this.#depth === 0) found.push(...this.#take(parse(text.slice(at, close + 1)), this.#number));
        at = close;
      } else if (char === "{" || (char === "[" && this.#depth > 0)) {
        if (this.#depth++ === 0) {
          this.#openLine = this.#number;
          start = at;
        }
      } else if ((char === "}" || char === "]") && this.#depth > 0) {
        if (--this.#depth > 0) continue;
        this.#keep(text.slice(start, at + 1));
        const value = parse(this.#lines.join("\n"));
        this.#forget();
        if (value === undefined) note(this.#unread, this.#openLine, "begins something that is not JSON");
        else found.push(...this.#take(value, this.#openLine));
      } else if (this.#depth === 0 && !/[\s,[\]]/.test(char)) {
        note(this.#unread, this.#number, "is not JSON");
        return found;
      }
    }
    if (this.#depth > 0) this.#keep(text.slice(start));
    return found;
  }

  #keep(text: string): void {
    this.#length += text.length + 1;
    if (this.#length <= LONGEST_ENTRY) this.#lines.push(text);
  }

  #forget(): void {
    this.#lines = [];
    this.#length = 0;
    this.#depth = 0;
  }

  /** Ends the value that is open. Its later lines may still be values of their own: a log is cut where it is rotated. */
  #giveUp(problem: string): LoggedText[] {
    const lines = this.#lines;
    const first = this.#openLine;
    note(this.#unread, first, problem);
    this.#forget();
    return lines.flatMap((line, index) => {
      const value = index === 0 ? undefined : parse(line.trim().replace(/,$/, ""));
      return value === undefined ? [] : this.#take(value, first + index);
    });
  }

  #take(value: unknown, line: number): LoggedText[] {
    this.#values++;
    const found = textsOf(value, line);
    this.#texts += found.length;
    return found;
  }
}

/** The offset of the quote that ends the string that begins at `at`; -1 for none. */
function stringEnd(text: string, at: number): number {
  for (let p = at + 1; p < text.length; p++) {
    if (text[p] === "\\") p++;
    else if (text[p] === '"') return p;
  }
  return -1;
}

/** The value; undefined for what is no JSON, and for numbers and words, which a CSV file has too. */
function parse(text: string): unknown {
  if (!/^[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown, line: number): LoggedText[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, line));
  if (typeof value === "string") return value.trim() === "" ? [] : [{ text: value, line, count: 1 }];
  if (typeof value !== "object" || value === null) return [];
  const record = new Map(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item as unknown]));
  const text = TEXT_KEYS.map((key) => record.get(key)).find((item): item is string =>
    typeof item === "string"
  );
  if (text === undefined) {
    // Some exporters wrap the record: {"log": {"query": ...}}.
    return [...record.values()].flatMap((item) =>
      typeof item === "object" && item !== null ? textsOf(item, line) : []
    );
  }
  const count = COUNT_KEYS.map((key) => Number(record.get(key) ?? Number.NaN)).find((number) => number >= 1);
  return [{ text, line, count: count ?? 1 }];
}
