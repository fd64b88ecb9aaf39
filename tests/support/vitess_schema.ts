/** What the tests' Vitess holds: keyspace `app` of one shard, keyspace `shop` of two. */

/** Databases of each keyspace's shards, as vttablet names them. */
export const DATABASES: Readonly<Record<string, readonly string[]>> = {
  app: ["vt_app_0"],
  shop: ["vt_shop_-80", "vt_shop_80-"],
};

/** vtcombo's topology. Every tablet of a shard works on the same database. */
export const TOPOLOGY = {
  cells: ["test"],
  keyspaces: [
    { name: "app", shards: [{ name: "0" }], rdonlyCount: 1 },
    { name: "shop", shards: [{ name: "-80" }, { name: "80-" }], rdonlyCount: 1 },
  ],
};

const COUNTRIES = "CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(80));";

/** Tables of each keyspace, in each of its shards. */
export const SCHEMAS: Readonly<Record<string, string>> = {
  app: `
    CREATE TABLE notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, owner BIGINT, body TEXT, price DECIMAL(10, 2));
    CREATE TABLE tags (id BIGINT PRIMARY KEY, note_id BIGINT, label VARCHAR(40));
    CREATE TABLE customers_seq (id BIGINT PRIMARY KEY, next_id BIGINT, cache BIGINT) COMMENT 'vitess_sequence';
    INSERT INTO customers_seq VALUES (0, 1000, 100);
    ${COUNTRIES}`,
  shop: `
    CREATE TABLE customers (
      id BIGINT PRIMARY KEY, email VARCHAR(120), name VARCHAR(80), country CHAR(2), balance DECIMAL(10, 2), doc JSON);
    CREATE TABLE customers_by_email (email VARCHAR(120) PRIMARY KEY, keyspace_id VARBINARY(20));
    CREATE TABLE orders (
      id BIGINT PRIMARY KEY, customer_id BIGINT, status VARCHAR(20), total DECIMAL(10, 2), placed DATETIME);
    CREATE TABLE items (id BIGINT, order_id BIGINT, customer_id BIGINT, sku VARCHAR(40), amount INT, PRIMARY KEY (id));
    ${COUNTRIES}`,
};

const byHash = (column: string) => ({ column_vindexes: [{ column, name: "hash" }] });

/** Vitess's own description of the keyspaces, with further tables of `shop` that are sharded by `id`. */
export function vschemas(planned: readonly string[] = []): Readonly<Record<string, unknown>> {
  const { app, shop } = VSCHEMAS;
  const tables = { ...Object.fromEntries(planned.map((table) => [table, byHash("id")])), ...shop.tables };
  return { app, shop: { ...shop, tables } };
}

const VSCHEMAS = {
  app: {
    sharded: false,
    tables: { notes: {}, tags: {}, countries: {}, customers_seq: { type: "sequence" } },
  },
  shop: {
    sharded: true,
    vindexes: {
      hash: { type: "hash" },
      text: { type: "unicode_loose_xxhash" },
      customers_by_email: {
        type: "consistent_lookup_unique",
        params: { table: "shop.customers_by_email", from: "email", to: "keyspace_id" },
        owner: "customers",
      },
    },
    tables: {
      customers: {
        column_vindexes: [{ column: "id", name: "hash" }, { column: "email", name: "customers_by_email" }],
        auto_increment: { column: "id", sequence: "app.customers_seq" },
      },
      customers_by_email: { column_vindexes: [{ column: "email", name: "text" }] },
      orders: byHash("customer_id"),
      items: byHash("customer_id"),
      countries: { type: "reference", source: "app.countries" },
    },
  },
};
