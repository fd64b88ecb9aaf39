/** ALTER TABLE, item by item. */

import * as K from "../keyword_ids.ts";
import type { AlterItem, AlterTableDetail, OnlineOptions } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseAdd } from "./ddl_alter_add.ts";
import { parseDrop } from "./ddl_alter_drop.ts";
import { parseColumnAs, parseDefaultClause, parsePosition } from "./ddl_columns.ts";
import { parseOnlineOption, parseWait } from "./ddl_indexes.ts";
import { isPartitionAction, parsePartitionAction } from "./ddl_alter_partitions.ts";
import { parsePartitioning } from "./ddl_partitions.ts";
import { parseCharset } from "./into.ts";
import { isTableOption, parseOption } from "./options.ts";
import { parseSortings } from "./sorting.ts";
import type { Walk } from "./walk.ts";

/** `TABLE ...`; ALTER [ONLINE] [IGNORE] is passed. */
export function parseAlterTable(walk: Walk, ignore: boolean): AlterTableDetail {
  walk.at++;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  const table = walk.objectName();
  const { start, end } = table;
  walk.writes.push({ start, end, action: "alter", table, alias: undefined, unresolved: false });
  walk.clause = "ddl";
  parseWait(walk);
  const online: { -readonly [Q in keyof OnlineOptions]: OnlineOptions[Q] } = {
    algorithm: undefined,
    lock: undefined,
  };
  const items: AlterItem[] = [];
  while (!walk.done()) {
    const before = walk.at;
    if (!parseOnlineOption(walk, online)) parseItem(walk, items);
    // Table options and partitioning may follow one another without commas.
    if (!walk.takeKind(T.comma) && walk.at === before) break;
    if (walk.problems.length > 0 && walk.at === before) break;
  }
  return { kind: "alter-table", table, ifExists, ignore, items, ...online };
}

function parseItem(walk: Walk, items: AlterItem[]): void {
  const start = walk.start();
  const finish = () => ({ start, end: walk.endFrom(start) });
  switch (walk.word()) {
    case K.ADD:
      parseAdd(walk, items);
      return;
    case K.DROP:
      items.push(parseDrop(walk));
      return;
    case K.ALTER:
      items.push(parseAlterItem(walk));
      return;
    case K.MODIFY:
    case K.CHANGE:
      parseModify(walk, items);
      return;
    case K.RENAME:
      items.push(parseRename(walk));
      return;
    case K.CONVERT: {
      walk.at++;
      if (walk.word() === K.PARTITION || walk.word() === K.TABLE) {
        // MariaDB: CONVERT PARTITION p TO TABLE t
        while (!walk.done() && walk.peek() !== T.comma) walk.at++;
        items.push({ action: "other", ...finish() });
        return;
      }
      walk.expect(K.TO);
      const charset = parseCharset(walk) ?? "";
      const collation = walk.take(K.COLLATE) ? (walk.takeKind(T.equal), walk.nameOrText().key) : undefined;
      items.push({ action: "convert-charset", charset, collation, ...finish() });
      return;
    }
    case K.ORDER: {
      walk.at++;
      walk.expect(K.BY);
      const columns = parseSortings(walk).map((sorting) => sorting.expression);
      items.push({ action: "order-by", columns, ...finish() });
      return;
    }
    case K.FORCE:
      walk.at++;
      items.push({ action: "force", ...finish() });
      return;
    case K.ENABLE:
    case K.DISABLE: {
      const enable = walk.word() === K.ENABLE;
      walk.at++;
      walk.expect(K.KEYS);
      items.push({ action: "keys", enable, ...finish() });
      return;
    }
    case K.WITH:
    case K.WITHOUT: {
      const validates = walk.word() === K.WITH;
      walk.at++;
      walk.expect(K.VALIDATION);
      items.push({ action: "validation", with: validates, ...finish() });
      return;
    }
    case K.SECONDARY_LOAD:
    case K.SECONDARY_UNLOAD: {
      const load = walk.word() === K.SECONDARY_LOAD;
      while (!walk.done() && walk.peek() !== T.comma) walk.at++;
      items.push({ action: "secondary", load, ...finish() });
      return;
    }
    case K.PARTITION: {
      walk.at++;
      walk.expect(K.BY);
      const partitioning = parsePartitioning(walk, start);
      items.push({ action: "partition-by", partitioning, ...finish() });
      return;
    }
    case K.REMOVE:
      walk.at++;
      walk.expect(K.PARTITIONING);
      items.push({ action: "remove-partitioning", ...finish() });
      return;
    case K.UPGRADE:
      walk.at++;
      walk.expect(K.PARTITIONING);
      items.push({ action: "other", ...finish() });
      return;
  }
  if (isPartitionAction(walk)) {
    items.push(parsePartitionAction(walk));
  } else if (isTableOption(walk)) {
    const option = parseOption(walk);
    items.push({ action: "option", option, ...finish() });
  } else {
    walk.unexpected();
  }
}

/** `ALTER [COLUMN] c SET DEFAULT x`, `ALTER INDEX i VISIBLE`, `ALTER CHECK k NOT ENFORCED`. */
function parseAlterItem(walk: Walk): AlterItem {
  const start = walk.start();
  walk.at++;
  if (walk.word() === K.INDEX || walk.word() === K.KEY) {
    walk.at++;
    if (walk.word() === K.IF) walk.at += 2;
    const name = walk.name();
    let visible = walk.take(K.VISIBLE);
    if (!visible) {
      // MariaDB says IGNORED and NOT IGNORED.
      const not = walk.take(K.NOT);
      if (walk.takeSpelled("IGNORED")) visible = not;
      else walk.expect(K.INVISIBLE);
    }
    return { action: "alter-index", start, end: walk.endFrom(start), name, visible };
  }
  if (walk.word() === K.CHECK || walk.word() === K.CONSTRAINT) {
    walk.at++;
    const name = walk.name();
    const enforced = !walk.take(K.NOT);
    walk.expect(K.ENFORCED);
    return { action: "alter-check", start, end: walk.endFrom(start), name, enforced };
  }
  walk.take(K.COLUMN);
  if (walk.word() === K.IF) walk.at += 2;
  const name = walk.name();
  if (walk.take(K.DROP)) {
    walk.expect(K.DEFAULT);
    return {
      action: "alter-column",
      start,
      end: walk.lastEnd(),
      name,
      change: "drop-default",
      default: undefined,
    };
  }
  walk.expect(K.SET);
  if (walk.word() === K.VISIBLE || walk.word() === K.INVISIBLE) {
    const change = walk.word() === K.VISIBLE ? "set-visible" : "set-invisible";
    walk.at++;
    return { action: "alter-column", start, end: walk.endFrom(start), name, change, default: undefined };
  }
  if (walk.word() !== K.DEFAULT) {
    walk.unexpected();
    return { action: "other", start, end: walk.endFrom(start) };
  }
  const value = parseDefaultClause(walk);
  return {
    action: "alter-column",
    start,
    end: walk.endFrom(start),
    name,
    change: "set-default",
    default: value,
  };
}

/** `MODIFY [COLUMN] definition`, `CHANGE [COLUMN] old definition`. */
function parseModify(walk: Walk, items: AlterItem[]): void {
  const start = walk.start();
  const change = walk.word() === K.CHANGE;
  walk.at++;
  walk.take(K.COLUMN);
  if (walk.word() === K.IF) walk.at += 2;
  const from = walk.name();
  const name = change ? walk.name() : from;
  const column = parseColumnAs(walk, name);
  const position = parsePosition(walk);
  const end = walk.lastEnd();
  items.push(
    change
      ? { action: "change-column", start, end, from, column, position }
      : { action: "modify-column", start, end, column, position },
  );
}

/** `RENAME COLUMN a TO b`, `RENAME INDEX a TO b`, `RENAME [TO | AS | =] table`. */
function parseRename(walk: Walk): AlterItem {
  const start = walk.start();
  walk.at++;
  const word = walk.word();
  if (
    (word === K.COLUMN || word === K.INDEX || word === K.KEY) && walk.word(2) === K.TO ||
    walk.word(1) === K.IF
  ) {
    walk.at++;
    if (walk.word() === K.IF) walk.at += 2;
    const from = walk.name();
    walk.expect(K.TO);
    const to = walk.name();
    const action = word === K.COLUMN ? "rename-column" : "rename-index";
    return { action, start, end: walk.endFrom(start), from, to };
  }
  if (!walk.take(K.TO) && !walk.take(K.AS)) walk.takeKind(T.equal);
  const to = walk.objectName();
  return { action: "rename-table", start, end: walk.endFrom(start), to };
}
