import { excerptOf, spanOf } from "../../src/lint/locate.ts";
import { type LintFinding, lintLevel, type LintReport } from "../../src/lint/model.ts";
import { type FormatOptions, plain } from "../../src/lint/formats/format.ts";

const encoder = new TextEncoder();

/** Options of a terminal of 80 columns without colour. */
export const OPTIONS: FormatOptions = {
  width: 80,
  ascii: true,
  paint: plain,
  homepage: "https://example.com/querycop",
};

/** What a sample finding is made of; everything has a default. */
export interface Sample {
  readonly sql?: string;
  /** The part of `sql` the finding is about. */
  readonly part?: string;
  /** Parts of `sql` that must not be shown. */
  readonly secrets?: readonly string[];
  readonly code?: string;
  readonly score?: number;
  readonly message?: string;
  readonly file?: string;
  readonly section?: "up" | "down";
  readonly digestHash?: string;
  readonly suppressed?: LintFinding["suppressed"];
}

/** A finding on line 12 of a file. */
export function sampleFinding(sample: Sample = {}): LintFinding {
  const sql = sample.sql ?? "DELETE FROM users";
  const from = {
    bytes: encoder.encode(sql),
    offset: 100,
    start: { line: 12, byteColumn: 1, utf16Column: 1, charColumn: 1 },
  };
  const range = rangeOf(sql, sample.part ?? sql);
  const score = sample.score ?? 95;
  return {
    code: sample.code ?? "D001",
    name: "delete-without-where",
    group: "destructive",
    message: sample.message ?? "DELETE without WHERE removes every row of users",
    why: "Every row is removed.",
    fix: "Name the rows.",
    score,
    level: lintLevel(score),
    file: sample.file ?? "db/1.sql",
    span: spanOf(from, range),
    excerpt: excerptOf(from, range, (sample.secrets ?? []).map((secret) => rangeOf(sql, secret))),
    statement: {
      digestHash: sample.digestHash ?? "0123456789abcdef",
      index: 0,
      score,
      section: sample.section ?? "up",
      count: 1,
    },
    ...(sample.suppressed === undefined ? {} : { suppressed: sample.suppressed }),
  };
}

/** A report of findings, failing at 70. */
export function sampleReport(findings: readonly LintFinding[], rest: Partial<LintReport> = {}): LintReport {
  const paths = [...new Set(findings.map((finding) => finding.file))];
  return {
    version: "0.1.0",
    target: "planetscale",
    files: paths.map((path) => ({
      path,
      bytes: 1,
      statements: 1,
      score: Math.max(0, ...findings.filter((one) => one.file === path).map((one) => one.score)),
    })),
    findings,
    errors: [],
    rules: [],
    failOn: 70,
    downCounts: false,
    allowUnparsed: false,
    ...rest,
  };
}

function rangeOf(sql: string, part: string) {
  const start = encoder.encode(sql.slice(0, sql.indexOf(part))).length;
  return { start, end: start + encoder.encode(part).length };
}
