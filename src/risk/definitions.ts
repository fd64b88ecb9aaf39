/** Columns, indexes and foreign keys a statement defines, whether it creates a table or alters one. */

import type {
  ColumnDefinition,
  ForeignKeyDefinition,
  Identifier,
  IndexDefinition,
  Option,
  References,
  Span,
  StatementOf,
} from "../sql/statement.ts";

type Defining = StatementOf<"create-table" | "alter-table">;

/** Columns that a CREATE TABLE has, or an ALTER TABLE adds, modifies or changes. */
export function definedColumns(statement: Defining): ColumnDefinition[] {
  if (statement.kind === "create-table") return [...statement.columns];
  return statement.items.flatMap((item) =>
    item.action === "add-column" || item.action === "modify-column" || item.action === "change-column"
      ? [item.column]
      : []
  );
}

/** Columns that exist only from this statement on. */
export function createdColumns(statement: Defining): ColumnDefinition[] {
  if (statement.kind === "create-table") return [...statement.columns];
  return statement.items.flatMap((item) => (item.action === "add-column" ? [item.column] : []));
}

/** A foreign key, whether the table's own or written at a column. */
export interface DefinedForeignKey extends Span {
  /** The constraint's name, where one is written. */
  readonly name: Identifier | undefined;
  readonly columns: readonly Identifier[];
  readonly references: References;
  /** Written at a column: parsed and ignored before MySQL 9.0. */
  readonly inline: boolean;
}

/** Foreign keys that a CREATE TABLE has or an ALTER TABLE adds. */
export function definedForeignKeys(statement: Defining): DefinedForeignKey[] {
  const own: readonly ForeignKeyDefinition[] = statement.kind === "create-table"
    ? statement.foreignKeys
    : statement.items.flatMap((item) => (item.action === "add-foreign-key" ? [item.foreignKey] : []));
  const inline = definedColumns(statement).flatMap((column) =>
    column.references === undefined ? [] : [{
      start: column.references.start,
      end: column.references.end,
      name: undefined,
      columns: [column.name],
      references: column.references,
      inline: true,
    }]
  );
  return [
    ...own.map(({ start, end, constraint, name, columns, references }) => ({
      start,
      end,
      name: constraint ?? name,
      columns,
      references,
      inline: false,
    })),
    ...inline,
  ];
}

/** An index, whether the table's own or written at a column. */
export interface DefinedIndex extends Span {
  readonly kind: IndexDefinition["kind"];
  readonly name: Identifier | undefined;
  /** Lower case; expressions are left out. */
  readonly columns: readonly string[];
  readonly definition: IndexDefinition | undefined;
}

/** Indexes that a statement makes, those written at columns included. */
export function definedIndexes(
  statement: StatementOf<"create-table" | "alter-table" | "create-index">,
): DefinedIndex[] {
  if (statement.kind === "create-index") return [toDefined(statement.index)];
  const own = statement.kind === "create-table"
    ? statement.indexes
    : statement.items.flatMap((item) => (item.action === "add-index" ? [item.index] : []));
  const atColumns = definedColumns(statement).flatMap((column): DefinedIndex[] => {
    const kind = column.key ?? (column.type.serial ? "unique" : undefined);
    if (kind === undefined) return [];
    const { start, end, name } = column;
    return [{
      start,
      end,
      kind: kind === "key" ? "index" : kind,
      name: undefined,
      columns: [name.key],
      definition: undefined,
    }];
  });
  return [...own.map(toDefined), ...atColumns];
}

function toDefined(index: IndexDefinition): DefinedIndex {
  const { start, end, kind, name } = index;
  return { start, end, kind, name, columns: indexColumns(index), definition: index };
}

/** An index's columns in lower case; expressions are left out. */
function indexColumns(index: IndexDefinition): string[] {
  return index.parts.flatMap((part) => (part.column === undefined ? [] : [part.column.key]));
}

/**
 * Whether a table only stands in for a view until the dump makes it: mysqldump of old writes such a one, in an executable
 * comment, and drops it further on.
 */
export function isViewStandIn(statement: StatementOf<"create-table">, isDump: boolean): boolean {
  if (!isDump || statement.indexes.length > 0 || statement.columns.length === 0) return false;
  return statement.comments.some(({ kind, start, end }) =>
    kind === "executable" && start < statement.start && end >= statement.end
  );
}

/** The option of one of these upper-case names, from a list of options. */
export function option(options: readonly Option[], ...names: readonly string[]): Option | undefined {
  return options.find((candidate) => names.includes(candidate.name));
}

/** A character set that a statement gives a table. */
export interface TableCharset extends Span {
  /** Lower case; a collation's character set is the part before its first underscore. */
  readonly charset: string;
}

/** Character sets that a CREATE TABLE or ALTER TABLE gives the table as a whole, by name or by collation. */
export function tableCharsets(statement: Defining): TableCharset[] {
  const options = statement.kind === "create-table"
    ? statement.options
    : statement.items.flatMap((item) => (item.action === "option" ? [item.option] : []));
  const named = options.flatMap(({ name, value, start, end }) => {
    if (name === "CHARACTER SET" || name === "DEFAULT CHARACTER SET") {
      return [{ charset: value.toLowerCase(), start, end }];
    }
    if (name !== "COLLATE" && name !== "DEFAULT COLLATE") return [];
    return [{ charset: value.toLowerCase().split("_")[0] ?? "", start, end }];
  });
  const converted = statement.kind === "create-table"
    ? []
    : statement.items.flatMap((item) =>
      item.action === "convert-charset"
        ? [{ charset: item.charset.toLowerCase(), start: item.start, end: item.end }]
        : []
    );
  return [...named, ...converted];
}
