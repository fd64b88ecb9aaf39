/** What MODIFY and CHANGE do to a column whose definition is known. */

import type { ColumnDefinition } from "../sql/statement.ts";
import type { ColumnFacts } from "./schema_facts.ts";

/**
 * How a column's new definition differs from its old one in what the server must do.
 *
 * - `unknown`: the old definition is not known.
 * - `same`: type, length and charset stay; nullability and default may change.
 * - `grow`: VARCHAR or VARBINARY grows with the same number of length bytes: metadata only.
 * - `grow-across`: it grows past 255 bytes, where the length takes a second byte: a copy.
 * - `append`: members were appended to ENUM or SET without changing its storage size.
 * - `reorder`: members were inserted, removed, renamed or reordered, or the storage size grew.
 * - `shrink`: values may not fit any more.
 * - `type`: another type, sign or charset.
 */
export type ColumnChange =
  | "unknown"
  | "same"
  | "grow"
  | "grow-across"
  | "append"
  | "reorder"
  | "shrink"
  | "type";

/** Longest value in bytes whose length fits one byte. */
const ONE_LENGTH_BYTE = 255;

/** Integer types by the bytes they take. */
const INTEGER_BYTES: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
};

/** Compares a column's definition with what is known of it. `charset` is the table's default. */
export function columnChange(
  old: ColumnFacts | undefined,
  column: ColumnDefinition,
  charset: string | undefined,
): ColumnChange {
  if (old === undefined) return "unknown";
  const { type } = column;
  if (old.type !== type.name) return narrower(old.type, type.name) ? "shrink" : "type";
  const oldCharset = old.charset ?? charset;
  const newCharset = type.charset ?? charset;
  if (newCharset !== undefined && oldCharset !== undefined && newCharset !== oldCharset) return "type";
  if (type.name === "enum" || type.name === "set") {
    return memberChange(
      old.values,
      type.members.map((m) => m.value),
    );
  }
  if (type.name in INTEGER_BYTES) return old.unsigned === type.unsigned ? "same" : "shrink";
  const from = old.length;
  const to = type.length;
  if (type.name === "decimal") return decimalChange(old, column);
  if (from === undefined || to === undefined || from === to) return "same";
  if (to < from) return "shrink";
  if (type.name !== "varchar" && type.name !== "varbinary") return "type";
  const width = type.name === "varbinary" ? 1 : bytesPerCharacter(newCharset);
  return from * width <= ONE_LENGTH_BYTE && to * width > ONE_LENGTH_BYTE ? "grow-across" : "grow";
}

function decimalChange(old: ColumnFacts, column: ColumnDefinition): ColumnChange {
  const before = { total: old.length ?? 10, scale: old.scale ?? 0 };
  const after = { total: column.type.length ?? 10, scale: column.type.decimals ?? 0 };
  if (before.total === after.total && before.scale === after.scale) return "same";
  const fits = after.scale >= before.scale && after.total - after.scale >= before.total - before.scale;
  return fits ? "type" : "shrink";
}

function memberChange(before: readonly string[], after: readonly string[]): ColumnChange {
  const kept = before.every((member, index) => after[index] === member);
  if (!kept) return "reorder";
  if (after.length === before.length) return "same";
  const grows = before.length <= 255 && after.length > 255;
  return grows ? "reorder" : "append";
}

function narrower(before: string, after: string): boolean {
  const from = INTEGER_BYTES[before];
  const to = INTEGER_BYTES[after];
  if (from !== undefined && to !== undefined) return to < from;
  const texts = ["tinytext", "text", "mediumtext", "longtext"];
  if (texts.includes(before) && texts.includes(after)) return texts.indexOf(after) < texts.indexOf(before);
  return before === "double" && after === "float" || before === "datetime" && after === "date" ||
    texts.includes(before) && (after === "varchar" || after === "char");
}

/** Most bytes a character takes; utf8mb4 where the charset is not known. */
function bytesPerCharacter(charset: string | undefined): number {
  switch (charset) {
    case "latin1":
    case "ascii":
    case "binary":
      return 1;
    case "utf8":
    case "utf8mb3":
      return 3;
    default:
      return 4;
  }
}
