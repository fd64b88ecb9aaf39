/** The schema as the statements of a run make it: facts of tables, followed through CREATE, ALTER, RENAME and DROP. */

import { assertNever } from "../base/assert_never.ts";
import type {
  AlterItem,
  ColumnDefinition,
  IndexDefinition,
  Statement,
  StatementOf,
} from "../sql/statement.ts";
import { textOf } from "./bytes.ts";
import { definedForeignKeys, definedIndexes, option } from "./definitions.ts";
import { tableKey } from "./names.ts";
import type { ColumnFacts, ForeignKeyFacts, KeyFacts, SchemaFacts, TableFacts } from "./schema_facts.ts";

/** Tables kept; what a dump creates beyond that is not known, and rules that need it stay silent. */
const MOST_TABLES = 20_000;

/** Facts of tables by name, on top of facts known from elsewhere. */
export class SchemaCatalogue implements SchemaFacts {
  readonly #base: SchemaFacts | undefined;
  /** Undefined for a table that was dropped. */
  readonly #tables = new Map<string, TableFacts | undefined>();

  constructor(base?: SchemaFacts) {
    this.#base = base;
  }

  /** Facts of a table by its lower-case name. */
  table(name: string): TableFacts | undefined {
    return this.#tables.has(name) ? this.#tables.get(name) : this.#base?.table(name);
  }

  /** Takes a statement as executed. */
  apply(statement: Statement): void {
    switch (statement.kind) {
      case "create-table":
        this.#create(statement);
        break;
      case "alter-table":
        this.#alter(statement);
        break;
      case "create-index":
        this.#update(
          tableKey(statement.table),
          (table) => ({ ...table, keys: [...table.keys, keyFacts(statement.index)] }),
        );
        break;
      case "drop-index":
        this.#update(
          tableKey(statement.table),
          (table) => ({ ...table, keys: withoutKey(table.keys, statement.name.key) }),
        );
        break;
      case "drop-table":
      case "drop-view":
        for (const table of statement.tables) this.#set(tableKey(table), undefined);
        break;
      case "rename-table":
        for (const { from, to } of statement.renames) this.#rename(tableKey(from), tableKey(to));
        break;
      case "create-view":
        this.#set(tableKey(statement.view), { ...EMPTY_TABLE, name: tableKey(statement.view), view: true });
        break;
      default:
    }
  }

  #set(name: string, facts: TableFacts | undefined): void {
    if (this.#tables.size < MOST_TABLES || this.#tables.has(name)) this.#tables.set(name, facts);
  }

  #update(name: string, change: (table: TableFacts) => TableFacts): void {
    const table = this.table(name);
    if (table !== undefined) this.#set(name, change(table));
  }

  #rename(from: string, to: string): void {
    const table = this.table(from);
    this.#set(from, undefined);
    this.#set(to, table === undefined ? undefined : { ...table, name: to });
  }

  #create(statement: StatementOf<"create-table">): void {
    const name = tableKey(statement.table);
    if (statement.ifNotExists && this.table(name) !== undefined) return;
    const like = statement.like === undefined ? undefined : this.table(tableKey(statement.like));
    if (like !== undefined) {
      this.#set(name, { ...like, name, temporary: statement.temporary, foreignKeys: [] });
      return;
    }
    const primary = new Set(
      definedIndexes(statement).filter((index) => index.kind === "primary").flatMap((index) => index.columns),
    );
    this.#set(name, {
      name,
      view: false,
      temporary: statement.temporary,
      columns: new Map(
        statement.columns.map((column) => [
          column.name.key,
          columnFacts(column, primary.has(column.name.key), statement.bytes),
        ]),
      ),
      keys: [
        ...statement.indexes.map(keyFacts),
        ...statement.columns.flatMap(columnKey),
      ],
      foreignKeys: foreignKeys(statement),
      engine: option(statement.options, "ENGINE")?.value.toLowerCase(),
      charset: option(statement.options, "CHARACTER SET")?.value.toLowerCase() ??
        option(statement.options, "COLLATE")?.value.toLowerCase().split("_")[0],
      collation: option(statement.options, "COLLATE")?.value.toLowerCase(),
    });
  }

  #alter(statement: StatementOf<"alter-table">): void {
    const name = tableKey(statement.table);
    const table = this.table(name);
    if (table === undefined) return;
    let facts: TableFacts = { ...table, foreignKeys: [...table.foreignKeys, ...foreignKeys(statement)] };
    for (const item of statement.items) facts = { ...facts, ...alteredBy(facts, item, statement.bytes) };
    this.#set(name, facts);
    for (const item of statement.items) {
      if (item.action === "rename-table") this.#rename(name, tableKey(item.to));
    }
  }
}

const EMPTY_TABLE: TableFacts = {
  name: "",
  view: false,
  temporary: false,
  columns: new Map(),
  keys: [],
  foreignKeys: [],
  engine: undefined,
  charset: undefined,
  collation: undefined,
};

function alteredBy(table: TableFacts, item: AlterItem, bytes: Uint8Array): Partial<TableFacts> {
  switch (item.action) {
    case "add-column":
    case "modify-column":
      return withColumn(table, item.column.name.key, item.column, bytes);
    case "change-column":
      return withColumn(table, item.from.key, item.column, bytes);
    case "drop-column": {
      const columns = new Map(table.columns);
      columns.delete(item.name.key);
      return { columns, keys: withoutColumn(table.keys, item.name.key) };
    }
    case "rename-column": {
      const old = table.columns.get(item.from.key);
      if (old === undefined) return {};
      const columns = new Map(table.columns);
      columns.delete(item.from.key);
      columns.set(item.to.key, { ...old, name: item.to.key });
      return { columns, ...renamedColumn(table, item.from.key, item.to.key) };
    }
    case "add-index":
      return { keys: [...table.keys, keyFacts(item.index)] };
    case "drop-index":
      return { keys: withoutKey(table.keys, item.name.key) };
    case "drop-primary-key":
      return { keys: table.keys.filter((key) => key.kind !== "primary") };
    case "drop-foreign-key":
    case "drop-constraint":
      return { foreignKeys: table.foreignKeys.filter((key) => key.name !== item.name.key) };
    case "convert-charset":
      return {
        charset: item.charset.toLowerCase(),
        collation: item.collation?.toLowerCase(),
        columns: new Map(
          [...table.columns].map((
            [name, column],
          ) => [name, { ...column, charset: undefined, collation: undefined }]),
        ),
      };
    case "option":
      return withOption(table, item.option.name, item.option.value.toLowerCase());
    case "alter-column":
    case "rename-index":
    case "alter-index":
    case "add-foreign-key":
    case "add-check":
    case "drop-check":
    case "alter-check":
    case "rename-table":
    case "order-by":
    case "force":
    case "keys":
    case "validation":
    case "tablespace":
    case "partition-by":
    case "remove-partitioning":
    case "add-partition":
    case "drop-partition":
    case "truncate-partition":
    case "coalesce-partition":
    case "reorganize-partition":
    case "exchange-partition":
    case "analyze-partition":
    case "check-partition":
    case "optimize-partition":
    case "rebuild-partition":
    case "repair-partition":
    case "secondary":
    case "other":
      return {};
    default:
      return assertNever(item);
  }
}

/** A table with the character set that an ALTER TABLE makes the default, which its own column definitions get. */
export function withNewDefaults(table: TableFacts, { items }: StatementOf<"alter-table">): TableFacts {
  let facts = table;
  for (const item of items) {
    if (item.action !== "option" || item.option.name === "ENGINE") continue;
    facts = { ...facts, ...withOption(facts, item.option.name, item.option.value.toLowerCase()) };
  }
  return facts;
}

/** A default that changes is not that of the columns that are there. */
function withOption(table: TableFacts, name: string, value: string): Partial<TableFacts> {
  if (name === "ENGINE") return { engine: value };
  if (name !== "CHARACTER SET" && name !== "COLLATE") return {};
  const columns = new Map(
    [...table.columns].map(([key, column]) => [
      key,
      { ...column, charset: column.charset ?? table.charset, collation: column.collation ?? table.collation },
    ]),
  );
  return name === "COLLATE"
    ? { columns, charset: value.split("_")[0], collation: value }
    : { columns, charset: value, collation: undefined };
}

function withColumn(
  table: TableFacts,
  old: string,
  column: ColumnDefinition,
  bytes: Uint8Array,
): Partial<TableFacts> {
  const name = column.name.key;
  const renamed = old === name ? table : { ...table, ...renamedColumn(table, old, name) };
  const columns = new Map(table.columns);
  columns.delete(old);
  columns.set(name, redefinedColumn(renamed, column, bytes));
  return { columns, foreignKeys: renamed.foreignKeys, keys: [...renamed.keys, ...columnKey(column)] };
}

/** Facts of a column of a table as a new definition has them. */
export function redefinedColumn(table: TableFacts, column: ColumnDefinition, bytes: Uint8Array): ColumnFacts {
  const name = column.name.key;
  // What a primary key covers stays NOT NULL, whatever its new definition says.
  const primary = column.key === "primary" ||
    table.keys.some((key) => key.kind === "primary" && key.columns.includes(name));
  return columnFacts(column, primary, bytes);
}

/** Keys over a column that has a new name. */
function renamedColumn(
  table: TableFacts,
  from: string,
  to: string,
): Pick<TableFacts, "keys" | "foreignKeys"> {
  const rename = (columns: readonly string[]) => columns.map((column) => (column === from ? to : column));
  return {
    keys: table.keys.map((key) => ({ ...key, columns: rename(key.columns) })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: rename(key.columns) })),
  };
}

/** Keys once a column is gone: it leaves those it was part of, and a key of nothing else goes with it. */
function withoutColumn(keys: readonly KeyFacts[], name: string): KeyFacts[] {
  return keys.flatMap((key) => {
    if (!key.columns.includes(name)) return [key];
    const columns = key.columns.filter((column) => column !== name);
    return columns.length === 0 && !key.partial ? [] : [{ ...key, columns }];
  });
}

function columnFacts(column: ColumnDefinition, primary: boolean, bytes: Uint8Array): ColumnFacts {
  const { type, generated } = column;
  return {
    name: column.name.key,
    type: type.name,
    length: type.length,
    scale: type.decimals,
    unsigned: type.unsigned,
    nullable: column.nullable !== false && !primary && !type.serial,
    autoIncrement: column.autoIncrement || type.serial,
    generated: generated === undefined ? undefined : generated.stored ? "stored" : "virtual",
    expression: generated === undefined
      ? undefined
      : textOf(bytes, generated.expression).replace(/[\s`]/g, "").toLowerCase(),
    srid: type.srid,
    collation: type.collation,
    values: type.members.map((member) => member.value),
    charset: type.charset ?? type.collation?.split("_")[0],
  };
}

function columnKey(column: ColumnDefinition): KeyFacts[] {
  const kind = column.type.serial && column.key === undefined ? "unique" : column.key;
  if (kind === undefined) return [];
  return [{
    kind: kind === "key" ? "index" : kind,
    name: undefined,
    columns: [column.name.key],
    partial: false,
  }];
}

function keyFacts(index: IndexDefinition): KeyFacts {
  return {
    kind: index.kind === "vector" ? "index" : index.kind,
    name: index.name?.key,
    columns: index.parts.flatMap((part) => (part.column === undefined ? [] : [part.column.key])),
    partial: index.parts.some((part) => part.prefix !== undefined || part.column === undefined),
  };
}

function withoutKey(keys: readonly KeyFacts[], name: string): KeyFacts[] {
  return keys.filter((key) => (name === "primary" ? key.kind !== "primary" : key.name !== name));
}

function foreignKeys(statement: StatementOf<"create-table" | "alter-table">): ForeignKeyFacts[] {
  return definedForeignKeys(statement).flatMap((key) => {
    if (key.inline) return [];
    const { references } = key;
    const actions = [references.onDelete, references.onUpdate];
    return [{
      name: key.name?.key,
      columns: key.columns.map((column) => column.key),
      parent: tableKey(references.table),
      parentColumns: references.columns.map((column) => column.key),
      cascades: actions.some((action) =>
        action === "cascade" || action === "set-null" || action === "set-default"
      ),
    }];
  });
}
