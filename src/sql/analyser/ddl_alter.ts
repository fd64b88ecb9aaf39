/** ALTER TABLE, item by item. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { AlterItem, AlterTableDetail, OnlineOptions } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseAdd } from "./ddl_alter_add.ts";
import { parseDrop } from "./ddl_alter_drop.ts";
import { isPartitionAction, parsePartitionAction } from "./ddl_alter_partitions.ts";
import { parseColumnAs, parseDefaultClause, parsePosition } from "./ddl_columns.ts";
import { parseOnlineOption, parseWait } from "./ddl_indexes.ts";
import { parsePartitioning } from "./ddl_partitions.ts";
import { parseCharset } from "./into.ts";
import { isTableOption, parseOption } from "./options.ts";
import { parseSortings } from "./sorting.ts";

/** `TABLE ...`; ALTER [ONLINE] [IGNORE] is passed. */
export function parseAlterTable(cursor: Cursor, ignore: boolean): AlterTableDetail {
  cursor.at++;
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  const table = cursor.objectName();
  const { start, end } = table;
  cursor.writes.push({ start, end, action: "alter", table, alias: undefined, unresolved: false });
  cursor.clause = "ddl";
  parseWait(cursor);
  const online: { -readonly [Q in keyof OnlineOptions]: OnlineOptions[Q] } = {
    algorithm: undefined,
    lock: undefined,
  };
  const items: AlterItem[] = [];
  while (!cursor.done()) {
    const before = cursor.at;
    if (!parseOnlineOption(cursor, online)) parseItem(cursor, items);
    // Table options and partitioning may follow one another without commas.
    if (!cursor.takeKind(T.comma) && cursor.at === before) break;
    if (cursor.problems.length > 0 && cursor.at === before) break;
  }
  return { kind: "alter-table", table, ifExists, ignore, items, ...online };
}

function parseItem(cursor: Cursor, items: AlterItem[]): void {
  const start = cursor.start();
  const finish = () => ({ start, end: cursor.endFrom(start) });
  switch (cursor.word()) {
    case K.ADD:
      parseAdd(cursor, items);
      return;
    case K.DROP:
      items.push(parseDrop(cursor));
      return;
    case K.ALTER:
      items.push(parseAlterItem(cursor));
      return;
    case K.MODIFY:
    case K.CHANGE:
      parseModify(cursor, items);
      return;
    case K.RENAME:
      items.push(parseRename(cursor));
      return;
    case K.CONVERT: {
      cursor.at++;
      if (cursor.word() === K.PARTITION || cursor.word() === K.TABLE) {
        // MariaDB: CONVERT PARTITION p TO TABLE t
        while (!cursor.done() && cursor.peek() !== T.comma) cursor.at++;
        items.push({ action: "other", ...finish() });
        return;
      }
      cursor.expect(K.TO);
      const charset = parseCharset(cursor) ?? "";
      const collation = cursor.take(K.COLLATE)
        ? (cursor.takeKind(T.equal), cursor.nameOrText().key)
        : undefined;
      items.push({ action: "convert-charset", charset, collation, ...finish() });
      return;
    }
    case K.ORDER: {
      cursor.at++;
      cursor.expect(K.BY);
      const columns = parseSortings(cursor).map((sorting) => sorting.expression);
      items.push({ action: "order-by", columns, ...finish() });
      return;
    }
    case K.FORCE:
      cursor.at++;
      items.push({ action: "force", ...finish() });
      return;
    case K.ENABLE:
    case K.DISABLE: {
      const enable = cursor.word() === K.ENABLE;
      cursor.at++;
      cursor.expect(K.KEYS);
      items.push({ action: "keys", enable, ...finish() });
      return;
    }
    case K.WITH:
    case K.WITHOUT: {
      const validates = cursor.word() === K.WITH;
      cursor.at++;
      cursor.expect(K.VALIDATION);
      items.push({ action: "validation", with: validates, ...finish() });
      return;
    }
    case K.SECONDARY_LOAD:
    case K.SECONDARY_UNLOAD: {
      const load = cursor.word() === K.SECONDARY_LOAD;
      cursor.at++;
      if (cursor.take(K.PARTITION)) cursor.nameList();
      while (!cursor.done() && cursor.peek() !== T.comma) cursor.at++;
      items.push({ action: "secondary", load, ...finish() });
      return;
    }
    case K.PARTITION: {
      cursor.at++;
      cursor.expect(K.BY);
      const partitioning = parsePartitioning(cursor, start);
      items.push({ action: "partition-by", partitioning, ...finish() });
      return;
    }
    case K.REMOVE:
      cursor.at++;
      cursor.expect(K.PARTITIONING);
      items.push({ action: "remove-partitioning", ...finish() });
      return;
    case K.UPGRADE:
      cursor.at++;
      cursor.expect(K.PARTITIONING);
      items.push({ action: "other", ...finish() });
      return;
  }
  if (isPartitionAction(cursor)) {
    items.push(parsePartitionAction(cursor));
  } else if (isTableOption(cursor)) {
    const option = parseOption(cursor);
    items.push({ action: "option", option, ...finish() });
  } else {
    cursor.unexpected();
  }
}

/** `ALTER [COLUMN] c SET DEFAULT x`, `ALTER INDEX i VISIBLE`, `ALTER CHECK k NOT ENFORCED`. */
function parseAlterItem(cursor: Cursor): AlterItem {
  const start = cursor.start();
  cursor.at++;
  if (cursor.word() === K.INDEX || cursor.word() === K.KEY) {
    cursor.at++;
    if (cursor.word() === K.IF) cursor.at += 2;
    const name = cursor.name();
    let visible = cursor.take(K.VISIBLE);
    if (!visible) {
      // MariaDB says IGNORED and NOT IGNORED.
      const not = cursor.take(K.NOT);
      if (cursor.takeSpelled("IGNORED")) visible = not;
      else cursor.expect(K.INVISIBLE);
    }
    return { action: "alter-index", start, end: cursor.endFrom(start), name, visible };
  }
  if (cursor.word() === K.CHECK || cursor.word() === K.CONSTRAINT) {
    cursor.at++;
    const name = cursor.name();
    const enforced = !cursor.take(K.NOT);
    cursor.expect(K.ENFORCED);
    return { action: "alter-check", start, end: cursor.endFrom(start), name, enforced };
  }
  cursor.take(K.COLUMN);
  if (cursor.word() === K.IF) cursor.at += 2;
  const name = cursor.name();
  if (cursor.take(K.DROP)) {
    cursor.expect(K.DEFAULT);
    return {
      action: "alter-column",
      start,
      end: cursor.lastEnd(),
      name,
      change: "drop-default",
      default: undefined,
    };
  }
  cursor.expect(K.SET);
  if (cursor.word() === K.VISIBLE || cursor.word() === K.INVISIBLE) {
    const change = cursor.word() === K.VISIBLE ? "set-visible" : "set-invisible";
    cursor.at++;
    return { action: "alter-column", start, end: cursor.endFrom(start), name, change, default: undefined };
  }
  if (cursor.word() !== K.DEFAULT) {
    cursor.unexpected();
    return { action: "other", start, end: cursor.endFrom(start) };
  }
  const value = parseDefaultClause(cursor);
  return {
    action: "alter-column",
    start,
    end: cursor.endFrom(start),
    name,
    change: "set-default",
    default: value,
  };
}

/** `MODIFY [COLUMN] definition`, `CHANGE [COLUMN] old definition`. */
function parseModify(cursor: Cursor, items: AlterItem[]): void {
  const start = cursor.start();
  const change = cursor.word() === K.CHANGE;
  cursor.at++;
  cursor.take(K.COLUMN);
  if (cursor.word() === K.IF) cursor.at += 2;
  const from = cursor.name();
  const name = change ? cursor.name() : from;
  const column = parseColumnAs(cursor, name);
  const position = parsePosition(cursor);
  const end = cursor.lastEnd();
  items.push(
    change
      ? { action: "change-column", start, end, from, column, position }
      : { action: "modify-column", start, end, column, position },
  );
}

/** `RENAME COLUMN a TO b`, `RENAME INDEX a TO b`, `RENAME [TO | AS | =] table`. */
function parseRename(cursor: Cursor): AlterItem {
  const start = cursor.start();
  cursor.at++;
  const word = cursor.word();
  if (
    (word === K.COLUMN || word === K.INDEX || word === K.KEY) && cursor.word(2) === K.TO ||
    cursor.word(1) === K.IF
  ) {
    cursor.at++;
    if (cursor.word() === K.IF) cursor.at += 2;
    const from = cursor.name();
    cursor.expect(K.TO);
    const to = cursor.name();
    const action = word === K.COLUMN ? "rename-column" : "rename-index";
    return { action, start, end: cursor.endFrom(start), from, to };
  }
  if (!cursor.take(K.TO) && !cursor.take(K.AS)) cursor.takeKind(T.equal);
  const to = cursor.objectName();
  return { action: "rename-table", start, end: cursor.endFrom(start), to };
}
