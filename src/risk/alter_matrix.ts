/**
 * What InnoDB does for each operation of ALTER TABLE: the manual's table 17.16 ("Online DDL Support"), from 8.0 to 9.x,
 * with what the server's source adds to it.
 */

import { assertNever } from "../base/assert_never.ts";
import type { AlterItem, Span, StatementOf } from "../sql/statement.ts";
import { columnChangeOf } from "./column_change.ts";
import type { TableFacts } from "./schema_facts.ts";

/** One row of the matrix. */
export interface OnlineCost {
  /** First version in which ALGORITHM=INSTANT does it, as 80012; undefined for never. */
  readonly instantFrom?: number;
  /** First version that copies the table for it, whatever earlier ones did. */
  readonly copiesFrom?: number;
  /** ALGORITHM=INPLACE does it; `unchecked`: only with foreign_key_checks=0. */
  readonly inPlace: boolean | "unchecked";
  /** Where INSTANT does not, the table is written anew; `part`: the partitions concerned. */
  readonly rebuilds: boolean | "part";
  /** Other sessions may write meanwhile. */
  readonly writes: boolean;
}

/** Operations that the matrix tells apart. */
export type AlterOperation = keyof typeof ALTER_MATRIX;

const METADATA = { inPlace: true, rebuilds: false, writes: true } as const;
const REBUILD = { inPlace: true, rebuilds: true, writes: true } as const;
const COPY = { inPlace: false, rebuilds: true, writes: false } as const;

/** The matrix. */
export const ALTER_MATRIX = {
  "add-index": METADATA,
  "add-unique": METADATA,
  // A hidden column is added for the expression.
  "add-functional-index": { inPlace: true, rebuilds: false, writes: false },
  "drop-index": METADATA,
  "rename-index": METADATA,
  "index-visibility": METADATA,
  "add-fulltext": { inPlace: true, rebuilds: true, writes: false },
  "add-spatial": { inPlace: true, rebuilds: false, writes: false },
  "add-primary-key": REBUILD,
  "replace-primary-key": REBUILD,
  "drop-primary-key": COPY,
  "add-column": { ...REBUILD, instantFrom: 80012 },
  "add-keyed-column": REBUILD,
  // From 9.0 on REFERENCES at a column makes a foreign key.
  "add-referring-column": { ...REBUILD, instantFrom: 80012, copiesFrom: 90000 },
  "add-column-in-place": { ...REBUILD, instantFrom: 80029 },
  "add-auto-increment": { inPlace: true, rebuilds: true, writes: false },
  "add-expression-default": COPY,
  "add-stored-column": COPY,
  "add-virtual-column": { ...METADATA, instantFrom: 80012 },
  "drop-virtual-column": { ...METADATA, instantFrom: 80012 },
  "drop-column": { ...REBUILD, instantFrom: 80029 },
  "rename-column": { ...METADATA, instantFrom: 80028 },
  "reorder-column": REBUILD,
  "column-default": { ...METADATA, instantFrom: 80012 },
  "column-type": COPY,
  "grow-varchar": METADATA,
  "nullability": REBUILD,
  "append-enum": { ...METADATA, instantFrom: 80012 },
  "add-foreign-key": { inPlace: "unchecked", rebuilds: false, writes: true },
  "drop-foreign-key": METADATA,
  "add-check": COPY,
  "drop-check": { ...METADATA, instantFrom: 80016 },
  "row-format": REBUILD,
  "engine": COPY,
  "rebuild-engine": REBUILD,
  "encryption": COPY,
  "convert-charset": COPY,
  "default-charset": METADATA,
  "rename-table": { inPlace: true, rebuilds: false, writes: false, instantFrom: 80012 },
  "partition-by": COPY,
  "partition-list": METADATA,
  "partition-rebuild": { inPlace: true, rebuilds: "part", writes: false },
  "other": METADATA,
} as const satisfies Readonly<Record<string, OnlineCost>>;

/** How the server carries an operation out. */
export type AlterMethod = "instant" | "metadata" | "rebuild" | "copy";

/** What a version of the server (80034 for 8.0.34) does for an operation. */
export function methodOf(operation: AlterOperation, version: number): AlterMethod {
  const cost: OnlineCost = ALTER_MATRIX[operation];
  if (cost.copiesFrom !== undefined && version >= cost.copiesFrom) return "copy";
  if (cost.instantFrom !== undefined && version >= cost.instantFrom) return "instant";
  // Without foreign_key_checks=0, which nobody should count on.
  if (cost.inPlace !== true) return "copy";
  return cost.rebuilds === false ? "metadata" : "rebuild";
}

/** One item of an ALTER TABLE and the operation it is. */
export interface PlannedItem extends Span {
  readonly item: AlterItem;
  readonly operation: AlterOperation;
}

/** What a version of the server does for several operations in one statement, which takes the slowest way. */
export function methodOfAll(operations: readonly AlterOperation[], version: number): AlterMethod {
  const methods = operations.map((operation) => methodOf(operation, version));
  if (methods.includes("copy") || clash(operations)) return "copy";
  if (methods.every((method) => method === "instant")) return "instant";
  // In place, a virtual column comes and goes with plain indexes alone.
  const virtual = operations.some((operation) => VIRTUAL.has(operation));
  if (virtual && !operations.every((operation) => VIRTUAL.has(operation) || PLAIN_INDEX.has(operation))) {
    return "copy";
  }
  // What is not done with the others at once is done in place, and then some of it writes the table anew.
  const rebuilds = operations.some((operation) => ALTER_MATRIX[operation].rebuilds !== false);
  return rebuilds ? "rebuild" : "metadata";
}

const VIRTUAL: ReadonlySet<AlterOperation> = new Set([
  "add-virtual-column",
  "drop-virtual-column",
  "add-functional-index",
]);
const PLAIN_INDEX: ReadonlySet<AlterOperation> = new Set(["add-index", "drop-index"]);

/** Operations that the server does not do together other than by a copy. */
const CLASHES: readonly (readonly [AlterOperation, AlterOperation])[] = [
  ["add-virtual-column", "rename-column"],
  ["drop-virtual-column", "rename-column"],
  ["drop-virtual-column", "add-column"],
  ["drop-virtual-column", "add-column-in-place"],
  ["drop-virtual-column", "add-functional-index"],
];

function clash(operations: readonly AlterOperation[]): boolean {
  return operations.length > 1 &&
    CLASHES.some(([one, other]) => operations.includes(one) && operations.includes(other));
}

/** The operations of an ALTER TABLE, item by item, as far as the statement and what is known of its table tell. */
export function plannedItems(statement: StatementOf<"alter-table">, table?: TableFacts): PlannedItem[] {
  const addsPrimary = statement.items.some((item) =>
    item.action === "add-index" && item.index.kind === "primary"
  );
  const dropsPrimary = statement.items.some((item) => item.action === "drop-primary-key");
  return statement.items.map((item) => ({
    start: item.start,
    end: item.end,
    item,
    operation: knownOperation(item, table, statement) ??
      operationOf(item, addsPrimary && dropsPrimary),
  }));
}

/** The operation on a column whose definition is known, where that decides it. */
function knownOperation(
  item: AlterItem,
  table: TableFacts | undefined,
  statement: StatementOf<"alter-table">,
): AlterOperation | undefined {
  if (item.action === "drop-column" && table?.columns.get(item.name.key)?.generated === "virtual") {
    return "drop-virtual-column";
  }
  const change = columnChangeOf(item, table, statement);
  switch (change?.method) {
    case "instant":
      return change.kind === "append" ? "append-enum" : "column-default";
    case "metadata":
      return "grow-varchar";
    case "rebuild":
      return "nullability";
    default:
      return undefined;
  }
}

function operationOf(item: AlterItem, replacesPrimary: boolean): AlterOperation {
  switch (item.action) {
    case "add-column": {
      const { column } = item;
      if (column.generated !== undefined) {
        return column.generated.stored ? "add-stored-column" : "add-virtual-column";
      }
      if (column.autoIncrement || column.type.serial) return "add-auto-increment";
      if (column.default?.kind === "expression") return "add-expression-default";
      if (column.key === "primary") return "add-primary-key";
      if (column.references !== undefined) return "add-referring-column";
      if (column.key !== undefined) return "add-keyed-column";
      return item.position === undefined ? "add-column" : "add-column-in-place";
    }
    case "modify-column":
    case "change-column":
      return item.column.generated?.stored === true ? "add-stored-column" : "column-type";
    case "drop-column":
      return "drop-column";
    case "rename-column":
      return "rename-column";
    case "alter-column":
      return "column-default";
    case "add-index":
      switch (item.index.kind) {
        case "primary":
          return replacesPrimary ? "replace-primary-key" : "add-primary-key";
        case "fulltext":
          return "add-fulltext";
        case "spatial":
          return "add-spatial";
        default:
          if (item.index.parts.some((part) => part.expression !== undefined)) return "add-functional-index";
          return item.index.kind === "unique" ? "add-unique" : "add-index";
      }
    case "drop-index":
      return "drop-index";
    case "rename-index":
      return "rename-index";
    case "alter-index":
      return "index-visibility";
    case "drop-primary-key":
      return replacesPrimary ? "replace-primary-key" : "drop-primary-key";
    case "add-foreign-key":
      return "add-foreign-key";
    case "drop-foreign-key":
      return "drop-foreign-key";
    case "add-check":
      return item.check.enforced ? "add-check" : "drop-check";
    case "alter-check":
      return item.enforced ? "add-check" : "drop-check";
    case "drop-check":
    case "drop-constraint":
      return "drop-check";
    case "rename-table":
      return "rename-table";
    case "convert-charset":
      return "convert-charset";
    case "option":
      return optionOperation(item.option.name, item.option.value);
    case "force":
      return "row-format";
    case "order-by":
      return "column-type";
    case "partition-by":
    case "remove-partitioning":
      return "partition-by";
    case "add-partition":
    case "drop-partition":
    case "truncate-partition":
    case "exchange-partition":
      return "partition-list";
    case "coalesce-partition":
    case "reorganize-partition":
    case "rebuild-partition":
    case "optimize-partition":
      return "partition-rebuild";
    case "keys":
    case "validation":
    case "tablespace":
    case "analyze-partition":
    case "check-partition":
    case "repair-partition":
    case "secondary":
    case "other":
      return "other";
    default:
      return assertNever(item);
  }
}

function optionOperation(name: string, value: string): AlterOperation {
  switch (name) {
    case "ENGINE":
      return value.toLowerCase() === "innodb" ? "rebuild-engine" : "engine";
    case "ROW_FORMAT":
    case "KEY_BLOCK_SIZE":
      return "row-format";
    case "ENCRYPTION":
      return "encryption";
    case "CHARACTER SET":
    case "COLLATE":
      return "default-charset";
    default:
      return "other";
  }
}
