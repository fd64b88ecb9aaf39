/** What the analyser's tests share. */

import { analyse } from "../../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../../src/sql/options.ts";
import type { ObjectName, Statement, StatementKind, StatementOf } from "../../../src/sql/statement.ts";

/** Analyses a text of one statement. */
export function statementOf(sql: string, options: Partial<SqlOptions> = {}): Statement {
  const bytes = new TextEncoder().encode(sql);
  const full = { ...DEFAULT_SQL_OPTIONS, ...options };
  return analyse(bytes, tokenize(bytes, full), full);
}

/** Analyses a text that is to be a statement of one kind, without problems. */
export function cleanStatement<K extends StatementKind>(
  kind: K,
  sql: string,
  options: Partial<SqlOptions> = {},
): StatementOf<K> {
  const statement = statementOf(sql, options);
  if (statement.kind !== kind) throw new Error(`${statement.kind} where ${kind} was meant: ${sql}`);
  const [problem] = statement.problems;
  if (problem !== undefined) {
    throw new Error(
      `${problem.code} at ${problem.start} (${sql.slice(problem.start, problem.end)}) in: ${sql}`,
    );
  }
  return statement as unknown as StatementOf<K>;
}

/** `schema.name` or `name`. */
export function nameOf(name: ObjectName): string {
  return name.schema === undefined ? name.name.text : `${name.schema.text}.${name.name.text}`;
}

/** What a statement writes, as `action table`. */
export function writesOf(statement: Statement): string[] {
  return statement.writes.map((write) =>
    `${write.action} ${nameOf(write.table)}${write.unresolved ? "?" : ""}`
  );
}

/** What a statement reads. */
export function readsOf(statement: Statement): string[] {
  return statement.reads.map((read) => nameOf(read.table));
}
