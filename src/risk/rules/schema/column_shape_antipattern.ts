import { definedColumns } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** List, address or attribute stored as text. */
export const columnShapeAntipattern = statementRule({
  code: "C018",
  name: "column-shape-antipattern",
  group: "schema",
  title: "List, address or attribute stored as text",
  score: 10,
  why:
    "A comma list cannot be joined or indexed, an address as text sorts wrongly, and an attribute table has no types.",
  fix:
    "Use a table of its own for lists, VARBINARY(16) with INET6_ATON() for addresses, columns or JSON for attributes.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, tag_ids VARCHAR(255))",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, ip_address VARCHAR(15))",
    "CREATE TABLE props (entity_id BIGINT, attribute VARCHAR(64), value TEXT, PRIMARY KEY (entity_id, attribute))",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, ip_address VARBINARY(16), name VARCHAR(255))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/miscellaneous-functions.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const hits = definedColumns(statement).flatMap(({ name, type }) => {
      if (!TEXTS.has(type.name)) return [];
      if (/_(ids|list|csv)$/.test(name.key)) {
        return [hit(name, `${name.text} looks like a list in a text column`)];
      }
      return /(^|_)ip(_?addr(ess)?)?$/.test(name.key)
        ? [hit(name, `${name.text} stores an address as text`)]
        : [];
    });
    const names = new Set(definedColumns(statement).map(({ name }) => name.key));
    const isAttributes = statement.kind === "create-table" && names.size <= 6 && names.has("value") &&
      ["attribute", "attribute_id", "attribute_name", "meta_key"].some((name) => names.has(name));
    return isAttributes
      ? [...hits, hit(statement.table, `${displayName(statement.table)} looks like an attribute table`)]
      : hits;
  },
});

const TEXTS: ReadonlySet<string> = new Set(["char", "varchar", "tinytext", "text", "mediumtext", "longtext"]);
