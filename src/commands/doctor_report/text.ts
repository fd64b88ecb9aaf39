import type { CheckResult, CheckStatus, Finding } from "../../doctor/check.ts";
import { describeCounts, type DoctorReport } from "../../doctor/report.ts";
import type { Output } from "../context.ts";

const MOST_COLUMNS = 100;
/** Where a check's fact starts: after mark, word and the longest id. */
const FACT_COLUMN = 24;
const FIX_COLUMN = 8;
const TIME_COLUMNS = 9;

/** Prints a run as it goes, a line a check. */
export class TextReport {
  readonly #out: Output;
  readonly #width: number;
  readonly #details: boolean;
  readonly #grouped: boolean;
  #group: string | undefined;
  #started = false;

  /** `details` shows more than the fact of checks that passed; `targets` is how many databases are checked. */
  constructor(out: Output, options: { readonly details: boolean; readonly targets: number }) {
    this.#out = out;
    this.#width = Math.max(60, Math.min(MOST_COLUMNS, out.columns));
    this.#details = options.details;
    this.#grouped = options.targets > 1;
  }

  /** The line above all checks. */
  header(title: string): void {
    this.#out.line(this.#out.style.bold(title));
    this.#out.line();
  }

  /** A check, once it and all before it have ended. */
  result(result: CheckResult): void {
    if (this.#grouped && this.#started && result.target !== this.#group) {
      this.#out.line();
      if (result.target !== undefined) this.#out.line(this.#out.style.bold(result.target));
    }
    this.#started = true;
    this.#group = result.target;
    this.#headline(result);
    const [first, ...others] = result.findings;
    if (this.#details || first !== undefined) this.#under(result.details);
    if (first !== undefined) this.#fix(first);
    for (const finding of others) {
      this.#wrapped(FIX_COLUMN, "also: ", `${finding.message}`);
      this.#fix(finding);
    }
  }

  /** The counts and what to do next. */
  footer(report: DoctorReport): void {
    const { style } = this.#out;
    this.#out.line();
    const text = `${describeCounts(report.counts)} in ${formatTook(report.tookMs)}`;
    this.#out.line(style.bold(report.ok ? style.green(text) : style.red(text)));
    this.#wrapped(0, "next: ", report.next);
  }

  #headline(result: CheckResult): void {
    const { style } = this.#out;
    const { mark, word, paint } = this.#look(result.status);
    const time = result.status === "skip" ? "" : formatTook(result.tookMs);
    const width = this.#width - FACT_COLUMN - TIME_COLUMNS;
    const [first = "", ...rest] = wrap(result.summary, width);
    const label = `${paint(mark)} ${paint(word)}  ${style.bold(result.id.padEnd(FACT_COLUMN - 8))}`;
    const fact = result.status === "skip" ? style.dim(first) : first;
    const gap = " ".repeat(Math.max(1, this.#width - FACT_COLUMN - first.length - time.length));
    this.#out.line(`${label}${fact}${time === "" ? "" : gap + style.dim(time)}`);
    for (const line of rest) {
      this.#out.line(" ".repeat(FACT_COLUMN) + (result.status === "skip" ? style.dim(line) : line));
    }
  }

  #under(details: readonly string[]): void {
    for (const detail of details) {
      for (const line of wrap(detail, this.#width - FACT_COLUMN, 2)) {
        this.#out.line(" ".repeat(FACT_COLUMN) + this.#out.style.dim(line));
      }
    }
  }

  #fix(finding: Finding): void {
    this.#wrapped(FIX_COLUMN, "fix: ", finding.fix);
  }

  #wrapped(column: number, label: string, text: string): void {
    const indent = " ".repeat(column);
    const [first = "", ...rest] = wrap(text, this.#width - column - label.length);
    this.#out.line(`${indent}${this.#out.style.cyan(label.trimEnd())} ${first}`);
    for (const line of rest) this.#out.line(indent + " ".repeat(label.length) + line);
  }

  #look(status: CheckStatus) {
    const { style } = this.#out;
    const paint = {
      pass: style.green,
      warn: style.yellow,
      fail: style.red,
      skip: style.dim,
    }[status];
    return { mark: style.marks[status], word: status, paint };
  }
}

/** `12 ms`, `1.4 s`. */
function formatTook(ms: number): string {
  return ms < 999.5 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Lines of at most `width` columns, broken at spaces; later ones indented by `hang`. A longer word stays whole. */
export function wrap(text: string, width: number, hang = 0): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const candidate = line === "" ? word : `${line} ${word}`;
    if (candidate.length > width && line.trim() !== "") {
      lines.push(line);
      line = " ".repeat(hang) + word;
    } else line = candidate;
  }
  lines.push(line);
  return lines;
}
