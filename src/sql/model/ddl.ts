/** Tables, columns, indexes: CREATE TABLE and ALTER TABLE, item by item. */

import type { Expression } from "./expression.ts";
import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";
import type { QueryExpression } from "./query.ts";

export interface DataType extends Span {
  /** Lower case, canonical: `int` for INTEGER, `varchar` for CHARACTER VARYING, `double` for DOUBLE PRECISION, ... */
  readonly name: string;
  /** The words as written, lower case with single spaces. */
  readonly written: string;
  /** `(10)` or the first of `(10,2)`. */
  readonly length: number | undefined;
  readonly decimals: number | undefined;
  readonly unsigned: boolean;
  readonly zerofill: boolean;
  /** Members of ENUM and SET. */
  readonly members: readonly Text[];
  /** CHARACTER SET, lower case; `binary` for the BINARY types is not set here. */
  readonly charset: string | undefined;
  readonly collation: string | undefined;
  /** The BINARY attribute, ASCII and UNICODE are noted in `written`. */
  readonly srid: number | undefined;
  /** SERIAL: BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE. */
  readonly serial: boolean;
}

export interface ColumnDefault extends Span {
  /** `expression` is the parenthesised form; `function` is CURRENT_TIMESTAMP and its synonyms. */
  readonly kind: "null" | "literal" | "function" | "expression";
  readonly expression: Expression;
}

export interface ColumnDefinition extends Span {
  readonly name: Identifier;
  readonly type: DataType;
  /** NULL (true) or NOT NULL (false) as written; undefined where neither is. */
  readonly nullable: boolean | undefined;
  readonly default: ColumnDefault | undefined;
  readonly onUpdate: Span | undefined;
  readonly autoIncrement: boolean;
  readonly generated: { readonly stored: boolean; readonly expression: Expression } | undefined;
  /** A key attribute written at the column. */
  readonly key: "primary" | "unique" | "key" | undefined;
  readonly references: References | undefined;
  readonly checks: readonly CheckDefinition[];
  readonly comment: Text | undefined;
  readonly invisible: boolean;
  /** COLUMN_FORMAT, STORAGE, ENGINE_ATTRIBUTE and so on. */
  readonly options: readonly Option[];
}

export interface IndexPart extends Span {
  /** Undefined for an expression. */
  readonly column: Identifier | undefined;
  /** Prefix length in characters or bytes. */
  readonly prefix: number | undefined;
  readonly expression: Expression | undefined;
  readonly direction: "asc" | "desc" | undefined;
}

export interface IndexDefinition extends Span {
  readonly kind: "primary" | "unique" | "index" | "fulltext" | "spatial" | "vector";
  readonly name: Identifier | undefined;
  /** The symbol after CONSTRAINT. */
  readonly constraint: Identifier | undefined;
  readonly parts: readonly IndexPart[];
  /** `btree`, `hash`, `rtree`. */
  readonly using: string | undefined;
  readonly invisible: boolean;
  readonly comment: Text | undefined;
  readonly options: readonly Option[];
}

export type ReferenceAction = "restrict" | "cascade" | "set-null" | "no-action" | "set-default";

export interface References extends Span {
  readonly table: ObjectName;
  readonly columns: readonly Identifier[];
  readonly onDelete: ReferenceAction | undefined;
  readonly onUpdate: ReferenceAction | undefined;
  readonly match: string | undefined;
}

export interface ForeignKeyDefinition extends Span {
  readonly kind: "foreign";
  readonly constraint: Identifier | undefined;
  readonly name: Identifier | undefined;
  readonly columns: readonly Identifier[];
  readonly references: References;
}

export interface CheckDefinition extends Span {
  readonly kind: "check";
  readonly constraint: Identifier | undefined;
  readonly expression: Expression;
  readonly enforced: boolean;
}

export interface Partitioning extends Span {
  readonly type: "range" | "list" | "hash" | "key";
  readonly linear: boolean;
  readonly columns: boolean;
  readonly subpartition: boolean;
  readonly count: number | undefined;
  readonly definitions: readonly PartitionDefinition[];
}

export interface PartitionDefinition extends Span {
  readonly name: Identifier;
  readonly options: readonly Option[];
}

/** Table options with their names in upper case: ENGINE, `CHARACTER SET` (for CHARSET too), COLLATE, COMMENT, ... */
export type TableOption = Option;

export interface CreateTableDetail {
  readonly kind: "create-table";
  readonly table: ObjectName;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
  readonly columns: readonly ColumnDefinition[];
  /** Indexes of the table's own list; key attributes at columns are at the columns. */
  readonly indexes: readonly IndexDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly options: readonly TableOption[];
  readonly partitioning: Partitioning | undefined;
  readonly like: ObjectName | undefined;
  /** AS SELECT. */
  readonly query: QueryExpression | undefined;
  readonly duplicates: "ignore" | "replace" | undefined;
}

/** Where ADD and MODIFY put a column. */
export interface ColumnPosition extends Span {
  readonly first: boolean;
  readonly after: Identifier | undefined;
}

interface Item<A extends string> extends Span {
  readonly action: A;
}

/** One item of ALTER TABLE's list. */
export type AlterItem =
  | Item<"add-column"> & {
    readonly column: ColumnDefinition;
    readonly position: ColumnPosition | undefined;
    readonly ifNotExists: boolean;
  }
  | Item<"modify-column"> & {
    readonly column: ColumnDefinition;
    readonly position: ColumnPosition | undefined;
  }
  | Item<"change-column"> & {
    readonly from: Identifier;
    readonly column: ColumnDefinition;
    readonly position: ColumnPosition | undefined;
  }
  | Item<"drop-column"> & { readonly name: Identifier; readonly ifExists: boolean }
  | Item<"rename-column"> & { readonly from: Identifier; readonly to: Identifier }
  | Item<"alter-column"> & {
    readonly name: Identifier;
    readonly change: "set-default" | "drop-default" | "set-visible" | "set-invisible";
    readonly default: ColumnDefault | undefined;
  }
  | Item<"add-index"> & { readonly index: IndexDefinition; readonly ifNotExists: boolean }
  | Item<"drop-index"> & { readonly name: Identifier; readonly ifExists: boolean }
  | Item<"rename-index"> & { readonly from: Identifier; readonly to: Identifier }
  | Item<"alter-index"> & { readonly name: Identifier; readonly visible: boolean }
  | Item<"drop-primary-key">
  | Item<"add-foreign-key"> & { readonly foreignKey: ForeignKeyDefinition }
  | Item<"drop-foreign-key"> & { readonly name: Identifier; readonly ifExists: boolean }
  | Item<"add-check"> & { readonly check: CheckDefinition }
  | Item<"drop-check"> & { readonly name: Identifier }
  | Item<"alter-check"> & { readonly name: Identifier; readonly enforced: boolean }
  | Item<"drop-constraint"> & { readonly name: Identifier; readonly ifExists: boolean }
  | Item<"rename-table"> & { readonly to: ObjectName }
  /** `CONVERT TO CHARACTER SET`: every column is converted. */
  | Item<"convert-charset"> & { readonly charset: string; readonly collation: string | undefined }
  /** A table option; `[DEFAULT] CHARACTER SET` and COLLATE change only what new columns get. */
  | Item<"option"> & { readonly option: TableOption }
  | Item<"order-by"> & { readonly columns: readonly Expression[] }
  | Item<"force">
  | Item<"keys"> & { readonly enable: boolean }
  | Item<"validation"> & { readonly with: boolean }
  | Item<"tablespace"> & { readonly change: "discard" | "import"; readonly partitions: readonly Identifier[] }
  | Item<"partition-by"> & { readonly partitioning: Partitioning }
  | Item<"remove-partitioning">
  | Item<"add-partition"> & {
    readonly definitions: readonly PartitionDefinition[];
    readonly count: number | undefined;
  }
  | Item<PartitionAction> & {
    /** Empty for ALL. */
    readonly partitions: readonly Identifier[];
    readonly all: boolean;
    readonly count: number | undefined;
    readonly definitions: readonly PartitionDefinition[];
    /** EXCHANGE PARTITION ... WITH TABLE. */
    readonly exchangeWith: ObjectName | undefined;
  }
  | Item<"secondary"> & { readonly load: boolean }
  | Item<"other">;

export type PartitionAction =
  | "drop-partition"
  | "truncate-partition"
  | "coalesce-partition"
  | "reorganize-partition"
  | "exchange-partition"
  | "analyze-partition"
  | "check-partition"
  | "optimize-partition"
  | "rebuild-partition"
  | "repair-partition";

/** `ALGORITHM=` and `LOCK=` of ALTER TABLE, CREATE INDEX and DROP INDEX, in lower case. */
export interface OnlineOptions {
  readonly algorithm:
    | (Span & { readonly value: "default" | "instant" | "inplace" | "copy" | "nocopy" })
    | undefined;
  readonly lock: (Span & { readonly value: "default" | "none" | "shared" | "exclusive" }) | undefined;
}

export interface AlterTableDetail extends OnlineOptions {
  readonly kind: "alter-table";
  readonly table: ObjectName;
  readonly ifExists: boolean;
  /** MariaDB's ALTER ONLINE / IGNORE. */
  readonly ignore: boolean;
  readonly items: readonly AlterItem[];
}

export interface CreateIndexDetail extends OnlineOptions {
  readonly kind: "create-index";
  readonly table: ObjectName;
  readonly index: IndexDefinition;
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
}

export interface DropIndexDetail extends OnlineOptions {
  readonly kind: "drop-index";
  readonly table: ObjectName;
  readonly name: Identifier;
  readonly ifExists: boolean;
}

export interface DropTableDetail {
  readonly kind: "drop-table" | "drop-view" | "drop-sequence";
  readonly temporary: boolean;
  readonly ifExists: boolean;
  readonly tables: readonly ObjectName[];
}

export interface TruncateDetail {
  readonly kind: "truncate-table";
  readonly table: ObjectName;
}

export interface RenameTableDetail {
  readonly kind: "rename-table";
  readonly renames: readonly { readonly from: ObjectName; readonly to: ObjectName }[];
}

/** ANALYZE, CHECK, CHECKSUM, OPTIMIZE, REPAIR TABLE, CACHE INDEX and LOAD INDEX. */
export interface TableMaintenanceDetail {
  readonly kind:
    | "analyze-table"
    | "check-table"
    | "checksum-table"
    | "optimize-table"
    | "repair-table"
    | "cache-index"
    | "load-index";
  readonly tables: readonly ObjectName[];
}
