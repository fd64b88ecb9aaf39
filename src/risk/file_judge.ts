/** Judging the statements of a file one after the other, with what earlier ones tell of later ones. */

import type { Statement } from "../sql/statement.ts";
import { judgeStatement, toFinding, verdictOf } from "./judge.ts";
import { tableKey } from "./names.ts";
import type { FileFacts, RiskOptions, RuleContext } from "./options.ts";
import type { FileCheck, FileHit, FileRule, StatementPlace } from "./rule.ts";
import type { RuleSet } from "./rule_set.ts";
import { SchemaCatalogue } from "./schema_catalogue.ts";
import type { Finding, Verdict } from "./verdict.ts";

/** Names of created tables kept of one file. */
const MOST_CREATED = 20_000;
/** What DROP TABLE scores where the next statement creates the table anew, as mysqldump has it. */
const RECREATED_SCORE = 40;

/** A finding about an earlier statement, made when a later one or the file's end showed it. */
export interface LateFinding {
  readonly place: StatementPlace;
  readonly finding: Finding;
}

/** What one statement adds to what is known of its file. */
export interface FileStep {
  /** The verdict on the statement itself, by the rules for statements and for files. */
  readonly verdict: Verdict;
  /** Findings about earlier statements. */
  readonly late: readonly LateFinding[];
  /**
   * Whether the statement creates the table or view that the last DROP TABLE dropped: that DROP's verdict is to be
   * replaced by {@link recreated} of it. Undefined while that is not decided: for SET, and DROP VIEW of the same name.
   */
  readonly recreates: boolean | undefined;
}

/** One file's run. Its memory does not grow with the file. */
export class FileJudge implements FileFacts {
  dump = false;

  readonly #rules: RuleSet;
  readonly #schema: SchemaCatalogue;
  readonly #context: RuleContext;
  readonly #checks: readonly { readonly rule: FileRule; readonly check: FileCheck }[];
  readonly #created = new Set<string>();
  /** The table that a DROP TABLE dropped, while nothing but SET has followed. */
  #dropped: string | undefined;
  #last: Statement | undefined;

  /** `schema` is what earlier files have made, and takes in what this one makes. */
  constructor(
    options: RiskOptions,
    rules: RuleSet,
    schema: SchemaCatalogue = new SchemaCatalogue(options.schema),
  ) {
    this.#rules = rules;
    this.#schema = schema;
    this.#context = { options, schema: this.#schema, file: this };
    this.#checks = rules.fileRules.map((rule) => ({ rule, check: rule.open() }));
  }

  /** Whether an earlier statement created the table. */
  created(name: string): boolean {
    return this.#created.has(name);
  }

  /** The next statement. Its place's offsets are the file's; findings' spans stay those of the statement's bytes. */
  push(statement: Statement, place: StatementPlace): FileStep {
    this.#lookForDump(statement);
    const own = judgeStatement(statement, this.#rules, this.#context);
    const late: LateFinding[] = [];
    let findings: Finding[] | undefined;
    for (const { rule, check } of this.#checks) {
      for (const hit of check.statement(statement, place, this.#context)) {
        const finding = this.#finding(rule, hit, statement);
        if (hit.place.index === place.index) (findings ??= [...own.findings]).push(finding);
        else late.push({ place: hit.place, finding });
      }
    }
    const recreates = this.#recreates(statement);
    this.#follow(statement);
    return { verdict: findings === undefined ? own : verdictOf(findings), late, recreates };
  }

  /** What only the end of the file shows. */
  end(): readonly LateFinding[] {
    const last = this.#last;
    if (last === undefined) return [];
    return this.#checks.flatMap(({ rule, check }) =>
      check.end(this.#context).map((hit) => ({ place: hit.place, finding: this.#finding(rule, hit, last) }))
    );
  }

  #recreates(statement: Statement): boolean | undefined {
    switch (statement.kind) {
      case "set":
        return undefined;
      case "drop-view":
        return statement.tables.length === 1 && tableKey(statement.tables[0]!) === this.#dropped
          ? undefined
          : false;
      case "create-table":
        return this.#dropped === tableKey(statement.table);
      case "create-view":
        return this.#dropped === tableKey(statement.view);
      default:
        return false;
    }
  }

  #finding(rule: FileRule, hit: FileHit, statement: Statement): Finding {
    const { start, end } = hit.span ?? statement;
    const score = hit.score === undefined ? {} : { score: hit.score };
    return toFinding(rule, { start, end, message: hit.message, ...score }, statement, this.#context);
  }

  #lookForDump(statement: Statement): void {
    if (this.dump || statement.kind !== "set") return;
    this.dump = statement.items.some((item) => item.target === "user" && item.name.startsWith("old_"));
  }

  #follow(statement: Statement): void {
    this.#last = statement;
    this.#schema.apply(statement);
    switch (statement.kind) {
      case "create-table":
        this.#add(tableKey(statement.table));
        break;
      case "create-view":
        this.#add(tableKey(statement.view));
        break;
      case "drop-table":
      case "drop-view":
        for (const table of statement.tables) this.#created.delete(tableKey(table));
        break;
      case "rename-table":
        for (const { from, to } of statement.renames) {
          if (this.#created.delete(tableKey(from))) this.#add(tableKey(to));
        }
        break;
      default:
    }
    if (statement.kind === "drop-table") {
      const [only] = statement.tables;
      this.#dropped = statement.tables.length === 1 && only !== undefined ? tableKey(only) : undefined;
    } else if (this.#recreates(statement) !== undefined) this.#dropped = undefined;
  }

  #add(name: string): void {
    if (this.#created.size < MOST_CREATED) this.#created.add(name);
  }
}

/** The verdict on a DROP TABLE whose table the file creates anew at once. */
export function recreated(verdict: Verdict): Verdict {
  return verdictOf(
    verdict.findings.map((finding) =>
      finding.rule.code === "D005" && finding.score > RECREATED_SCORE
        ? { ...finding, score: RECREATED_SCORE }
        : finding
    ),
  );
}

/** Whether a statement's verdict may still be replaced because the next one recreates what it drops. */
export function mayBeRecreated(statement: Statement): boolean {
  return statement.kind === "drop-table" && !statement.temporary && statement.tables.length === 1;
}
