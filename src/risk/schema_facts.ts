/** What is known of tables: from `--schema`, and from the CREATE and ALTER statements of the same run. */

/** One column as its definition gave it. */
export interface ColumnFacts {
  /** Lower case. */
  readonly name: string;
  /** The type's word in lower case: `varchar`, `int`, `enum`. */
  readonly type: string;
  /** First number in the type's parentheses: length or precision. */
  readonly length: number | undefined;
  /** Second number in the type's parentheses. */
  readonly scale: number | undefined;
  readonly unsigned: boolean;
  readonly nullable: boolean;
  readonly autoIncrement: boolean;
  readonly generated: "stored" | "virtual" | undefined;
  /** Values of ENUM and SET in order. */
  readonly values: readonly string[];
  /** Lower case; undefined for the table's default. */
  readonly charset: string | undefined;
  /** As it is written; undefined for the default of its character set, or of the table. */
  readonly collation: string | undefined;
  readonly srid: number | undefined;
  /** A generated column's expression, without white space. */
  readonly expression: string | undefined;
}

/** One key: its kind and its columns in order, in lower case. */
export interface KeyFacts {
  readonly kind: "primary" | "unique" | "index" | "fulltext" | "spatial";
  /** Lower case; undefined where the server picks the name. */
  readonly name: string | undefined;
  readonly columns: readonly string[];
  /** A column is indexed by a prefix, or the key is on an expression. */
  readonly partial: boolean;
}

/** One foreign key: its columns and what they refer to, in lower case. */
export interface ForeignKeyFacts {
  readonly name: string | undefined;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** ON DELETE or ON UPDATE is CASCADE, SET NULL or SET DEFAULT. */
  readonly cascades: boolean;
}

/** One table, or a view where `view` says so. */
export interface TableFacts {
  /** Lower case, without the schema. */
  readonly name: string;
  readonly view: boolean;
  readonly temporary: boolean;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly keys: readonly KeyFacts[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  /** Lower case; undefined for the server's default. */
  readonly engine: string | undefined;
  /** Lower case; undefined for the schema's default. */
  readonly charset: string | undefined;
  /** As it is written; undefined for the default of its character set. */
  readonly collation: string | undefined;
}

/** The tables known. Names are lower case, without a schema. */
export interface SchemaFacts {
  table(name: string): TableFacts | undefined;
}

/** Nothing is known. */
export const EMPTY_SCHEMA: SchemaFacts = { table: () => undefined };
