/** A MySQL session as bytes: what a client sends, exchange by exchange. */
import { bytes, lenencString, packet, uint } from "./bytes.ts";
import type { Flavour } from "./installation.ts";

/** Bytes that are sent, and whether the next exchange may be sent before this one is answered. */
export interface Exchange {
  readonly name: string;
  readonly request: Uint8Array;
  /** The server asks before it takes what follows, so that nothing may be sent ahead. */
  readonly asks?: true;
}

/** Where in the answer to a prepare its id stands; servers number statements as they like. */
export const STATEMENT_ID = { start: 5, end: 9 } as const;

/** Query attributes, which a client announces as a capability. */
export const QUERY_ATTRIBUTES = 1 << 27;

/**
 * A session of every kind of command whose answer is the same each time it is held, in a schema where it may make
 * temporary tables.
 */
export function sessionScript(flavour: Flavour, schema: string, capabilities: number): Exchange[] {
  // MySQL numbers a connection's statements from 1, the failed ones too. MariaDB numbers those of all connections,
  // but knows the last one by -1.
  const [first, second] = flavour === "mysql" ? [1, 3] : [0xffffffff, 0xffffffff];
  const attributes = (capabilities & QUERY_ATTRIBUTES) !== 0;
  const query = (sql: string): Uint8Array =>
    packet(
      0,
      attributes
        ? bytes(3, 1, 1, 0, 1, uint(0xfe, 2), lenencString("who"), lenencString("DROP TABLE x"), sql)
        : bytes(3, sql),
    );
  const exchange = (name: string, ...packets: readonly Uint8Array[]): Exchange => ({
    name,
    request: bytes(...packets),
  });
  const execute = (id: number, cursor: number, type: number, parameter: Uint8Array): Uint8Array =>
    packet(
      0,
      attributes
        ? bytes(
          0x17,
          uint(id, 4),
          cursor | 8,
          uint(1, 4),
          1,
          0,
          1,
          uint(type, 2),
          lenencString(""),
          parameter,
        )
        : bytes(0x17, uint(id, 4), cursor, uint(1, 4), 0, 1, uint(type, 2), parameter),
    );
  return [
    exchange("ping", packet(0, Uint8Array.of(0x0e))),
    exchange("init_db", packet(0, bytes(2, schema))),
    exchange("text result", query("SELECT 1, NULL, 'é' AS accent")),
    exchange("create", query("CREATE TEMPORARY TABLE law (a INT PRIMARY KEY, b VARCHAR(40), c LONGTEXT)")),
    exchange("insert", query("INSERT INTO law VALUES (1, 'one', 'x'), (2, 'two', 'y'), (3, NULL, 'z')")),
    exchange("warnings", query("SELECT 1 / 0, CAST('x' AS SIGNED)")),
    exchange("error", query("SELECT nothing FROM law")),
    exchange("prepare", packet(0, bytes(0x16, "SELECT a, b FROM law WHERE a >= ? ORDER BY a"))),
    exchange("execute", execute(first, 0, 3, uint(2, 4))),
    exchange("cursor", execute(first, 1, 3, uint(1, 4))),
    exchange("fetch", packet(0, bytes(0x1c, uint(first, 4), uint(2, 4)))),
    exchange("fetch the rest", packet(0, bytes(0x1c, uint(first, 4), uint(10, 4)))),
    exchange("reset statement", packet(0, bytes(0x1a, uint(first, 4)))),
    exchange("prepare of nonsense", packet(0, bytes(0x16, "SELEC ?"))),
    exchange("prepare an update", packet(0, bytes(0x16, "UPDATE law SET c = ? WHERE a = 3"))),
    // Long data and the close have no answer; the execute after them has.
    exchange(
      "long data",
      packet(0, bytes(0x18, uint(second, 4), uint(0, 2), "long ")),
      packet(0, bytes(0x18, uint(second, 4), uint(0, 2), "value")),
      execute(second, 0, 0xfc, new Uint8Array(0)),
    ),
    exchange(
      "close, and see",
      packet(0, bytes(0x19, uint(second, 4))),
      query("SELECT c FROM law WHERE a = 3"),
    ),
    exchange("unknown statement", execute(999, 0, 3, uint(2, 4))),
    exchange("field list", packet(0, bytes(4, "law", 0, "%"))),
    exchange(
      "transaction",
      query("START TRANSACTION"),
      query("DELETE FROM law WHERE a = 1"),
      query("ROLLBACK"),
    ),
    exchange("empty query", query("")),
    exchange("comment", query("/* nothing */")),
    exchange("multi off", packet(0, bytes(0x1b, uint(1, 2)))),
    exchange("two statements refused", query("SELECT 1; SELECT 2")),
    exchange("multi on", packet(0, bytes(0x1b, uint(0, 2)))),
    exchange(
      "two statements",
      query("SELECT a FROM law; INSERT INTO law VALUES (9, 'nine', ''); SELECT b FROM law WHERE a = 9"),
    ),
    exchange("multi with an error", query("SELECT 1; SELECT nothing; SELECT 2")),
    exchange(
      "session state",
      query("SET NAMES latin1"),
      query("USE information_schema"),
      query("SET @x = 1"),
    ),
    exchange("unknown command", packet(0, Uint8Array.of(0x0f))),
    exchange("reset connection", packet(0, Uint8Array.of(0x1f))),
    exchange("a wide result", query("SELECT REPEAT('w', 300), REPEAT('x', 70000)")),
  ];
}

/** LOAD DATA LOCAL: the statement, then the file in two packets and the empty one that ends it. */
export function infileScript(schema: string, path: string, content: string): Exchange[] {
  const half = Math.floor(content.length / 2);
  return [
    { name: "init_db", request: packet(0, bytes(2, schema)) },
    { name: "create", request: packet(0, bytes(3, "CREATE TEMPORARY TABLE loaded (a INT, b VARCHAR(20))")) },
    {
      name: "load",
      request: packet(
        0,
        bytes(3, `LOAD DATA LOCAL INFILE '${path}' INTO TABLE loaded FIELDS TERMINATED BY ','`),
      ),
      asks: true,
    },
    {
      name: "file",
      request: bytes(
        packet(2, bytes(content.slice(0, half))),
        packet(3, bytes(content.slice(half))),
        packet(4, new Uint8Array(0)),
      ),
    },
    { name: "see", request: packet(0, bytes(3, "SELECT COUNT(*), SUM(a) FROM loaded")) },
  ];
}
