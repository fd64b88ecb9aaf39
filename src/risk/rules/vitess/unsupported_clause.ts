import { DEFAULT_SQL_OPTIONS } from "../../../sql/options.ts";
import { tokenize } from "../../../sql/lexer/lexer.ts";
import { T } from "../../../sql/lexer/tokens.ts";
import type { Span, Statement, StatementKind } from "../../../sql/statement.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

export const unsupportedClause = statementRule({
  code: "V035",
  name: "unsupported-clause",
  group: "vitess",
  title: "Clause that Vitess does not parse",
  score: 50,
  why: "MySQL takes the clause, and vtgate answers the whole statement with an error, mostly a syntax error.",
  fix: "Leave the clause out, or write it in the form that the message names.",
  fires: [
    "DELETE LOW_PRIORITY FROM t WHERE id = 7",
    "UPDATE t SET a := 1 WHERE id = 7",
    "SELECT {d '2026-01-01'}",
    "SELECT id FROM t WHERE id = 7 FOR UPDATE OF t",
    "BEGIN WORK",
    "COMMIT AND CHAIN",
    "ANALYZE TABLE t UPDATE HISTOGRAM ON a",
    "INSERT INTO t SET id = 1 AS new ON DUPLICATE KEY UPDATE id = new.id",
  ],
  quiet: [
    "DELETE FROM t WHERE id = 7",
    "UPDATE t SET a = 1 WHERE id = 7",
    "SELECT id FROM t WHERE id = 7 FOR UPDATE",
    "START TRANSACTION",
    "ANALYZE TABLE t",
  ],
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: [
    "select",
    "insert",
    "replace",
    "update",
    "delete",
    "set",
    "begin",
    "commit",
    "rollback",
    "do",
    "lock-tables",
    "unlock-tables",
    "drop-table",
    "analyze-table",
    "explain",
    "show",
    "flush",
  ],
  check(statement, context) {
    const words = wordsOf(statement);
    const found = (PATTERNS[statement.kind] ?? []).concat(ANYWHERE).flatMap(({ pattern, message }) => {
      const at = words.find(pattern);
      return at === undefined ? [] : [hit(at, message)];
    });
    // vtgate makes a bind variable of the literal and leaves the N before it, except where it answers by itself.
    if (
      statement.kind !== "select" || statement.reads.length > 0 || statement.calls.length > 0 ||
      statement.blocks.length > 1
    ) {
      found.push(...words.nationals.map((span) => hit(span, "Write the literal without N")));
    }
    if (context.options.vitessVersion < 230000 && "source" in statement && statement.source === "values") {
      const at = words.find(/\bVALUE \(/);
      if (at !== undefined) found.push(hit(at, "Write VALUES: Vitess before 23 does not know VALUE"));
    }
    if ("rowAlias" in statement && statement.rowAlias !== undefined && statement.source === "set") {
      found.push(hit(statement.rowAlias, "INSERT ... SET takes no row alias: write VALUES"));
    }
    return found.length === 0 ? NO_HITS : found;
  },
});

interface Pattern {
  /** Over the statement's words, upper case with one blank between them; see {@link wordsOf}. */
  readonly pattern: RegExp;
  readonly message: string;
}

const PRIORITY: Pattern = {
  pattern:
    /(?:^|\) )(INSERT|REPLACE|UPDATE|DELETE) (LOW_PRIORITY|HIGH_PRIORITY|DELAYED|QUICK)\b|(?:^|\) )DELETE (IGNORE )?QUICK\b/,
  message: "vtgate does not know this modifier",
};

const PATTERNS: { readonly [K in StatementKind]?: readonly Pattern[] } = {
  insert: [PRIORITY],
  replace: [PRIORITY],
  update: [PRIORITY],
  delete: [
    PRIORITY,
    {
      pattern:
        /(?:^|\) )DELETE (IGNORE )?[^(]*?(\w ,[^(]*? \. \*|\. \* , \w+( \. \w+)? (,|FROM\b))[^(]*? FROM\b|(?:^|\) )DELETE (IGNORE )?FROM [^(]*?\. \* [^(]*?USING\b/,
      message: "Name the tables to delete from without .*",
    },
  ],
  set: [{ pattern: / :=/, message: "Write = in place of :=" }],
  begin: [{ pattern: /^BEGIN WORK\b/, message: "Write BEGIN or START TRANSACTION" }],
  commit: [{ pattern: /^COMMIT \w+/, message: "Write COMMIT alone" }],
  rollback: [{ pattern: /^ROLLBACK \w+/, message: "Write ROLLBACK alone" }],
  do: [{ pattern: / AS \S+/, message: "DO takes no aliases" }],
  "lock-tables": [{ pattern: /^LOCK TABLE\b/, message: "vtgate knows LOCK TABLES alone" }],
  "unlock-tables": [{ pattern: /^UNLOCK TABLE\b/, message: "vtgate knows UNLOCK TABLES alone" }],
  "drop-table": [{ pattern: /^DROP TEMPORARY TABLES\b/, message: "vtgate knows DROP TEMPORARY TABLE alone" }],
  "analyze-table": [
    { pattern: / (UPDATE|DROP) HISTOGRAM\b/, message: "vtgate does not know histograms" },
    { pattern: / ,/, message: "vtgate analyzes one table in a statement" },
  ],
  explain: [
    { pattern: /^\w+ FOR\b/, message: "vtgate does not explain connections" },
    { pattern: /^\w+ FORMAT = \w+ INTO\b/, message: "vtgate does not explain into a variable" },
    { pattern: /^\w+ ANALYZE FORMAT\b/, message: "Write EXPLAIN ANALYZE without FORMAT" },
  ],
  show: [
    { pattern: /^SHOW COUNT \(/, message: "Select @@warning_count or @@error_count" },
    { pattern: /^SHOW CREATE (SCHEMA|DATABASE IF)\b/, message: "Write SHOW CREATE DATABASE and the name" },
  ],
  flush: [{ pattern: /\bFOR CHANNEL\b/, message: "vtgate does not know replication channels" }],
};

const ANYWHERE: readonly Pattern[] = [
  { pattern: /(?<!@\S*) :=/, message: "Write = in place of :=" },
  { pattern: /\bQUALIFY \w+ \(/, message: "vtgate does not know QUALIFY" },
  { pattern: /\bTABLESAMPLE (BERNOULLI|SYSTEM) \(/, message: "vtgate does not know TABLESAMPLE" },
  { pattern: /\{ \w/, message: "vtgate does not know the ODBC escape { }" },
  { pattern: /\bFOR (UPDATE|SHARE) OF\b/, message: "vtgate does not know FOR UPDATE OF" },
  { pattern: /\bSOUNDS LIKE\b/, message: "Write SOUNDEX(a) = SOUNDEX(b)" },
  { pattern: /\bEXTRACT \( SQL_TSI_\w+/, message: "Write the unit without SQL_TSI_" },
  {
    pattern: /(\bCONVERT \([^()]*, |\bCAST \([^()]* AS )YEAR \)/,
    message: "vtgate does not know CAST AS YEAR",
  },
];

/** Bytes looked at: what vtgate refuses stands near the start of long statements, which are mostly values. */
const MOST_BYTES = 16 * 1024;
const decoder = new TextDecoder("latin1");

/** A statement's words and signs, upper case, with quoted names and literals as `x`, and where each one stands. */
function wordsOf(statement: Statement): {
  /** N'...' literals. */
  readonly nationals: readonly Span[];
  /** Where a pattern matches first. */
  find(pattern: RegExp): Span | undefined;
} {
  const { bytes, start, end } = statement;
  const own = bytes.subarray(start, Math.min(end, start + MOST_BYTES));
  const tokens = tokenize(own, DEFAULT_SQL_OPTIONS);
  const words: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    words.push(wordAt(own, tokens.kind[at] ?? T.end, tokens.start[at] ?? 0, tokens.end[at] ?? 0));
  }
  const text = words.join(" ");
  const spanAt = (first: number, last: number): Span => ({
    start: start + (tokens.start[first] ?? 0),
    end: start + (tokens.end[last] ?? 0),
  });
  return {
    nationals: words.flatMap((_, at) => tokens.kind[at] === T.nationalString ? [spanAt(at, at)] : []),
    find(pattern) {
      const match = pattern.exec(text);
      if (match === null) return undefined;
      const [found] = match;
      const from = match.index + found.length - found.replace(/^\) | ?/, "").length;
      const first = text.slice(0, from).split(" ").length - 1;
      return spanAt(first, first + text.slice(from, match.index + found.length).trim().split(" ").length - 1);
    },
  };
}

function wordAt(bytes: Uint8Array, kind: number, start: number, end: number): string {
  if (
    kind === T.quotedIdentifier || kind === T.string || kind === T.nationalString || kind === T.dollarString
  ) return "x";
  if (kind === T.userVariable) return "@x";
  return decoder.decode(bytes.subarray(start, end)).toUpperCase();
}
