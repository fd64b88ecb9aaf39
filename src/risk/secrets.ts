/**
 * Which bytes of a statement are secret, whatever rules run: reports show `***` in their place, and no message quotes
 * them.
 */

import type { Expression, Span, Statement, StringLiteral } from "../sql/statement.ts";
import { userSpecifications } from "./accounts.ts";
import { commentSecrets, secretTexts } from "./secret_texts.ts";

/** A column by whose name its values are passwords. A hash is kept under such a name too, but says so mostly. */
const PASSWORD_NAME = /(^|[_a-z])(password|passwd|passphrase|passcode|pwd|user_?pass)$/i;
/** A column whose values let someone in as they are. */
const TOKEN_NAME =
  /(^|_)(secret|api_?key|access_?key|secret_?key|private_?key|access_?token|auth_?token|refresh_?token|client_?secret|pin|cvv|cvc)$/i;
const HASH_NAME = /hash|digest|encrypted|crypt|salt|hint|policy|changed|expires|reset|updated|_at$/i;

/** Whether a column holds passwords, by its name. */
export function isPasswordName(name: string): boolean {
  return mayEndPassword(name) && PASSWORD_NAME.test(name) && !HASH_NAME.test(name);
}

/** Whether a name ends in the letters that a password's does, in any case: `rd`, `wd`, `se`, `de` or `ss`. */
function mayEndPassword(name: string): boolean {
  const before = name.charCodeAt(name.length - 2) | 0x20;
  switch (name.charCodeAt(name.length - 1) | 0x20) {
    case 0x64:
      return before === 0x72 || before === 0x77;
    case 0x65:
      return before === 0x73 || before === 0x64;
    case 0x73:
      return before === 0x73;
    default:
      return false;
  }
}

/** Whether a column holds passwords, keys or tokens, by its name. */
export function isSecretName(name: string): boolean {
  return isPasswordName(name) || (TOKEN_NAME.test(name) && !HASH_NAME.test(name));
}

/** A value that is no clear text: a hash in one of its usual forms, a placeholder, or nothing. */
export function isHashOrPlaceholder(value: string): boolean {
  return value === "" || /^(!|\$[\w-]{1,12}\$|\*[0-9A-F]{40}$)/i.test(value) ||
    /^\{[A-Za-z0-9-]+\}/.test(value) ||
    /^[0-9a-f]{32,}$/i.test(value) || /^(pbkdf2|scrypt|argon2|bcrypt|sha\d+)[_:$]/i.test(value) ||
    /^(\?|%s|:\w+|@\w+|\$\{.*\}|#\{.*\}|\{\{.*\}\}|<.*>|x+|\*+)$/i.test(value) ||
    (value.length >= 50 && !/\s/.test(value));
}

/** A column and a value that are put together: compared, assigned or inserted. */
export interface ColumnValue {
  readonly column: string;
  readonly value: Expression;
}

/** Every pair of a column and a value of a statement. Of an INSERT, those rows that the analyser keeps. */
export function columnValues(statement: Statement): ColumnValue[] {
  const pairs: ColumnValue[] = [];
  for (const predicate of statement.predicates) {
    if (predicate.type === "comparison") {
      const { left, right } = predicate;
      if (left.type === "column") pairs.push({ column: left.name.text, value: right });
      if (right.type === "column") pairs.push({ column: right.name.text, value: left });
    } else if (predicate.type === "in" && predicate.left.type === "column") {
      for (const value of predicate.items) pairs.push({ column: predicate.left.name.text, value });
    } else if (predicate.type === "matching" && predicate.left.type === "column") {
      pairs.push({ column: predicate.left.name.text, value: predicate.pattern });
    }
  }
  if (statement.kind === "update" || statement.kind === "insert" || statement.kind === "replace") {
    for (const { target, value } of statement.assignments) pairs.push({ column: target.name.text, value });
  }
  if (statement.kind === "insert" || statement.kind === "replace") {
    for (const { target, value } of statement.onDuplicate ?? []) {
      pairs.push({ column: target.name.text, value });
    }
    const { columns, values } = statement;
    for (const row of values?.rows ?? []) {
      for (const [index, column] of (columns ?? []).entries()) {
        const value = row.values[index];
        if (value !== undefined) pairs.push({ column: column.text, value });
      }
    }
  }
  return pairs;
}

/** Texts that a column of passwords is compared with or given. Makes nothing where there are none, as mostly. */
export function passwordTexts(
  statement: Statement,
): readonly { readonly column: string; readonly value: StringLiteral }[] {
  if (!mentions(statement, isPasswordName)) return [];
  return columnValues(statement).flatMap(({ column, value }) =>
    value.type === "string" && isPasswordName(column) ? [{ column, value }] : []
  );
}

/** Whether a column that could be paired with a value has such a name. */
function mentions(statement: Statement, test: (name: string) => boolean): boolean {
  for (const { name } of statement.columnReferences) if (test(name.text)) return true;
  if (statement.kind !== "insert" && statement.kind !== "replace" && statement.kind !== "update") {
    return false;
  }
  for (const { target } of statement.assignments) if (test(target.name.text)) return true;
  return statement.kind !== "update" && (statement.columns ?? []).some((column) => test(column.text));
}

/** The spans of a statement's bytes that no report may show, in no order; those that begin in its first bytes at least. */
export function secretSpans(statement: Statement, firstBytes = Infinity): Span[] {
  const spans: Span[] = [];
  const add = (span: Span | undefined): void => {
    if (span !== undefined && span.end > span.start) spans.push({ start: span.start, end: span.end });
  };
  for (const user of userSpecifications(statement)) for (const { secret } of user.credentials) add(secret);
  switch (statement.kind) {
    case "set-password":
      add(statement.secret);
      break;
    case "change-replication-source":
    case "start-replica":
    case "start-group-replication":
    case "create-server":
    case "alter-server":
    case "create-table":
      for (const option of statement.options) if (isSecretOption(option.name)) add(option.valueSpan);
      break;
    case "alter-table":
      for (const item of statement.items) {
        if (item.action === "option" && isSecretOption(item.option.name)) add(item.option.valueSpan);
      }
      break;
    case "clone":
    case "unknown":
      // What could not be read may hold anything: every quoted text after IDENTIFIED or PASSWORD is taken for a secret.
      for (const span of credentialTexts(statement)) add(span);
      break;
    default:
      break;
  }
  for (const { column, value } of mentions(statement, isSecretName) ? columnValues(statement) : []) {
    if (value.type === "string" && isSecretName(column)) add(value);
    else if (value.type === "call" && isSecretName(column)) {
      for (const argument of value.args) if (argument.type === "string") add(argument);
    }
  }
  const textEnd = Math.min(statement.end, statement.start + firstBytes);
  for (const { start, end } of secretTexts(statement.bytes, statement.start, textEnd)) {
    add({ start, end });
  }
  for (const span of commentSecrets(statement)) add(span);
  return spans;
}

function isSecretOption(name: string): boolean {
  return name === "CONNECTION" || /PASSWORD$/.test(name);
}

/** Quoted texts that follow IDENTIFIED BY, PASSWORD and their like in a statement without facts. */
function credentialTexts({ bytes, start, end }: Statement): Span[] {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 16_384)));
  const spans: Span[] = [];
  for (
    const match of text.matchAll(
      /\b(?:IDENTIFIED\b[^'"]*|PASSWORD\b[^'"]{0,20})('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?)/gis,
    )
  ) {
    const quoted = match[1] ?? "";
    const at = start + match.index + match[0].length - quoted.length;
    spans.push({ start: at, end: at + quoted.length });
  }
  return spans;
}
