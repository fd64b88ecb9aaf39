/** What MODIFY and CHANGE do to a column whose definition is known, as the server answers (see tests/testdata). */

import type { AlterItem, StatementOf } from "../sql/statement.ts";
import { redefinedColumn, withNewDefaults } from "./schema_catalogue.ts";
import type { ColumnFacts, TableFacts } from "./schema_facts.ts";

/** How the server carries out a change of a column; from best to worst. */
export type ChangeMethod = "instant" | "metadata" | "rebuild" | "copy";

/**
 * How a column's new definition differs from its old one.
 *
 * - `same`: what is stored stays; nullability, default, comment and visibility may change.
 * - `grow`: every value still fits.
 * - `grow-across`: so it does, but VARCHAR or VARBINARY grows past 255 bytes, where the length takes a second byte.
 * - `append`: members were appended to ENUM or SET.
 * - `reorder`: members were inserted, removed, renamed or reordered, or they take more bytes now.
 * - `shrink`: values may not fit any more.
 * - `type`: another type, sign, character set, collation or generated expression.
 */
export type ChangeKind = "same" | "grow" | "grow-across" | "append" | "reorder" | "shrink" | "type";

/** What a change is and how the server carries it out. */
export interface ColumnChange {
  readonly kind: ChangeKind;
  readonly method: ChangeMethod;
}

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
/** Kinds of text and of bytes, by how much they hold. */
const TEXTS = ["tinytext", "text", "mediumtext", "longtext"];
const BLOBS = ["tinyblob", "blob", "mediumblob", "longblob"];
/** The most bytes each of them holds. */
const SIZES = [255, 65_535, 16_777_215, 4_294_967_295];
/** Character sets whose texts are those of another one byte for byte. */
const SUBSETS: Readonly<Record<string, string>> = { utf8mb3: "utf8mb4" };

/** What an item of ALTER TABLE does to a column; undefined where it is no such item, or the column is not known. */
export function columnChangeOf(
  item: AlterItem,
  before: TableFacts | undefined,
  statement: StatementOf<"alter-table">,
): ColumnChange | undefined {
  const table = before === undefined ? undefined : withNewDefaults(before, statement);
  if (table === undefined || item.action !== "modify-column" && item.action !== "change-column") {
    return undefined;
  }
  const old = table.columns.get((item.action === "change-column" ? item.from : item.column.name).key);
  if (old === undefined) return undefined;
  const next = redefinedColumn(table, item.column, statement.bytes);
  // The name itself is no part of what is stored, and a key goes on covering a column that has another one.
  const primary = table.keys.some((key) => key.kind === "primary" && key.columns.includes(old.name));
  return columnChange(old, primary ? { ...next, nullable: false } : next, table);
}

/** Compares a column's definition with the one that is to replace it; `table` is as it was before. */
function columnChange(old: ColumnFacts, next: ColumnFacts, table: TableFacts): ColumnChange {
  const from = storedAs(old, table);
  const to = storedAs(next, table);
  const change = storageChange(from, to, isIndexed(table, old.name));
  if (change.method === "copy" || old.nullable === next.nullable) return change;
  return { ...change, method: "rebuild" };
}

/** A text column's collation; undefined for other columns, and where it is not known. */
export function collationOf(
  column: ColumnFacts | undefined,
  table: TableFacts | undefined,
): string | undefined {
  if (column === undefined || table === undefined || !isText(column.type)) return undefined;
  return storedAs(column, table).collation;
}

/** A column's type without the ways to write it. */
interface Stored {
  readonly type: string;
  /** Characters, bytes, bits, digits or fractional digits, as the type has them. */
  readonly length: number;
  readonly scale: number;
  readonly unsigned: boolean;
  readonly members: readonly string[];
  /** `binary` for the types without one; undefined where it is not known. */
  readonly charset: string | undefined;
  readonly collation: string | undefined;
  readonly srid: number | undefined;
  readonly generated: string | undefined;
}

function storedAs(column: ColumnFacts, table: TableFacts): Stored {
  const charset = canonicalCharset(column.charset ?? table.charset);
  const hasOwn = column.charset !== undefined || column.collation !== undefined;
  const base = {
    unsigned: column.unsigned,
    members: column.values,
    charset,
    collation: column.collation ?? (hasOwn ? undefined : table.collation) ?? defaultCollation(charset),
    srid: column.srid,
    generated: column.generated === undefined ? undefined : `${column.generated} ${column.expression ?? ""}`,
  };
  const { length = 0, scale = 0 } = column;
  switch (column.type) {
    case "char":
    case "binary":
    case "bit":
      return { ...base, type: column.type, length: column.length ?? 1, scale: 0 };
    case "decimal":
      return { ...base, type: "decimal", length: column.length ?? 10, scale };
    case "float":
      // One number is a precision in bits, by which the type is chosen; two are digits, which are not stored.
      return {
        ...base,
        type: column.scale === undefined && length > 24 ? "double" : "float",
        length: 0,
        scale: 0,
      };
    case "double":
      return { ...base, type: "double", length: 0, scale: 0 };
    case "text":
    case "blob": {
      const family = column.type === "text" ? TEXTS : BLOBS;
      const bytes = length * (column.type === "text" ? bytesPerCharacter(charset) : 1);
      const rank = length === 0 ? 1 : SIZES.findIndex((size) => bytes <= size);
      return { ...base, type: family[rank] ?? column.type, length: 0, scale: 0 };
    }
    case "enum":
    case "set":
      // Members are stored by number, whatever they are written in.
      return { ...base, type: column.type, length: 0, scale: 0, charset: undefined, collation: undefined };
    default:
      return column.type in INTEGER_BYTES
        ? { ...base, type: column.type, length: 0, scale: 0 }
        : { ...base, type: column.type, length, scale };
  }
}

function storageChange(from: Stored, to: Stored, indexed: boolean): ColumnChange {
  if (from.generated !== to.generated) return { kind: "type", method: "copy" };
  if (isText(from.type) && (isText(to.type) || isBytes(to.type))) return textChange(from, to, indexed);
  if (from.type !== to.type) return { kind: isNarrower(from, to) ? "shrink" : "type", method: "copy" };
  switch (from.type) {
    case "enum":
    case "set":
      return memberChange(from, to);
    case "decimal": {
      if (from.length === to.length && from.scale === to.scale && from.unsigned === to.unsigned) return SAME;
      const fits = to.scale >= from.scale && to.length - to.scale >= from.length - from.scale;
      return { kind: fits ? "type" : "shrink", method: "copy" };
    }
    case "varbinary":
      return lengthChange(from.length, to.length);
    case "binary":
    case "bit":
    case "datetime":
    case "timestamp":
    case "time":
    case "vector":
      if (from.length === to.length) return SAME;
      return { kind: to.length < from.length ? "shrink" : "type", method: "copy" };
    default:
      if (from.unsigned !== to.unsigned) return { kind: "shrink", method: "copy" };
      // A column that had an SRID may hold any without it; with another one it may not.
      if (from.srid !== to.srid && to.srid !== undefined) return { kind: "type", method: "copy" };
      return SAME;
  }
}

const SAME: ColumnChange = { kind: "same", method: "instant" };

/** From one text type to another, or to the bytes it is made of. */
function textChange(from: Stored, to: Stored, indexed: boolean): ColumnChange {
  const bytes = isBytes(to.type);
  const family = asText(to.type);
  if (family !== from.type) {
    return { kind: isNarrower(from, { ...to, type: family }) ? "shrink" : "type", method: "copy" };
  }
  const target = bytes ? "binary" : to.charset;
  const known = from.charset !== undefined && target !== undefined;
  const sameCharset = !known || from.charset === target;
  const sameCollation = !bytes && sameCharset &&
    (from.collation === undefined || to.collation === undefined ||
      from.collation === to.collation);
  // The bytes of every value stay as they are, but their order in an index does not.
  const keeps = sameCharset || bytes || SUBSETS[from.charset ?? ""] === target;
  if (!keeps || (!sameCollation && indexed)) return { kind: "type", method: "copy" };
  const shape = textLengthChange(from, to, bytes);
  if (shape.method === "copy") return shape.kind === "same" ? { kind: "type", method: "copy" } : shape;
  if (sameCollation) return shape;
  return { kind: shape.kind === "same" ? "grow" : shape.kind, method: "metadata" };
}

function textLengthChange(from: Stored, to: Stored, bytes: boolean): ColumnChange {
  if (TEXTS.includes(from.type)) return SAME;
  const [before, after] = [
    from.length * bytesPerCharacter(from.charset),
    to.length * (bytes ? 1 : bytesPerCharacter(to.charset)),
  ];
  if (from.type === "varchar") {
    const change = lengthChange(before, after);
    // Room in bytes for fewer characters.
    return !bytes && to.length < from.length ? { ...change, kind: "shrink" } : change;
  }
  // A CHAR of one-byte characters has a fixed length; of others, a variable one.
  const [fixed, willBeFixed] = [
    bytesPerCharacter(from.charset) === 1,
    bytes || bytesPerCharacter(to.charset) === 1,
  ];
  if (from.length !== to.length || fixed !== willBeFixed) {
    return { kind: to.length < from.length ? "shrink" : "type", method: "copy" };
  }
  return SAME;
}

/** Of a type that keeps its length beside the value; in bytes. */
function lengthChange(before: number, after: number): ColumnChange {
  if (before === after) return SAME;
  if (after < before) return { kind: "shrink", method: "copy" };
  const across = before <= ONE_LENGTH_BYTE && after > ONE_LENGTH_BYTE;
  return across ? { kind: "grow-across", method: "copy" } : { kind: "grow", method: "metadata" };
}

function memberChange(from: Stored, to: Stored): ColumnChange {
  const [before, after] = [from.members, to.members];
  const grows = memberBytes(from.type, before.length) !== memberBytes(to.type, after.length);
  if (grows || !before.every((member, index) => after[index] === member)) {
    return { kind: "reorder", method: "copy" };
  }
  return after.length === before.length ? SAME : { kind: "append", method: "instant" };
}

/** Bytes that a value takes. */
function memberBytes(type: string, members: number): number {
  if (type === "enum") return members <= 255 ? 1 : 2;
  const bytes = Math.ceil(members / 8);
  return bytes > 4 ? 8 : bytes;
}

function isText(type: string): boolean {
  return type === "char" || type === "varchar" || TEXTS.includes(type);
}

function isBytes(type: string): boolean {
  return type === "binary" || type === "varbinary" || BLOBS.includes(type);
}

/** The text type of the same make as a type of bytes. */
function asText(type: string): string {
  if (type === "binary") return "char";
  if (type === "varbinary") return "varchar";
  return TEXTS[BLOBS.indexOf(type)] ?? type;
}

/** Whether values of one type may not fit into another. */
function isNarrower(from: Stored, to: Stored): boolean {
  const [before, after] = [from.type, to.type];
  const [width, nextWidth] = [INTEGER_BYTES[before], INTEGER_BYTES[after]];
  if (width !== undefined && nextWidth !== undefined) return nextWidth < width;
  for (const family of [TEXTS, BLOBS]) {
    if (family.includes(before) && family.includes(after)) {
      return family.indexOf(after) < family.indexOf(before);
    }
  }
  return before === "double" && after === "float" || before === "datetime" && after === "date" ||
    TEXTS.includes(before) && (after === "varchar" || after === "char");
}

/** Whether a key that keeps values in order covers a column. */
function isIndexed(table: TableFacts, name: string): boolean {
  return table.keys.some((key) => key.columns.includes(name));
}

function canonicalCharset(charset: string | undefined): string | undefined {
  return charset === "utf8" ? "utf8mb3" : charset;
}

const DEFAULT_COLLATIONS: Readonly<Record<string, string>> = {
  utf8mb4: "utf8mb4_0900_ai_ci",
  utf8mb3: "utf8mb3_general_ci",
  latin1: "latin1_swedish_ci",
  ascii: "ascii_general_ci",
};

function defaultCollation(charset: string | undefined): string | undefined {
  return charset === undefined ? undefined : DEFAULT_COLLATIONS[charset];
}

/** Most bytes a character takes; utf8mb4 where the charset is not known. */
function bytesPerCharacter(charset: string | undefined): number {
  switch (charset) {
    case undefined:
    case "utf8mb4":
    case "utf16":
    case "utf16le":
    case "utf32":
    case "gb18030":
      return 4;
    case "utf8mb3":
    case "ujis":
    case "eucjpms":
      return 3;
    case "ucs2":
    case "big5":
    case "gbk":
    case "gb2312":
    case "sjis":
    case "cp932":
    case "euckr":
      return 2;
    default:
      return 1;
  }
}
