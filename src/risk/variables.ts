/** SET of system variables as the rules see it. */

import { foldConstant } from "../sql/condition/fold.ts";
import type { SetDetail, SetItem } from "../sql/statement.ts";

/** Items that set a system variable for the whole server. */
export function globalItems(statement: SetDetail): readonly SetItem[] {
  return statement.items.filter((item) =>
    item.target === "system" && item.scope !== undefined && item.scope !== "session"
  );
}

/** Items that set one of these system variables, whatever the scope. */
export function itemsOf(statement: SetDetail, names: ReadonlySet<string>): readonly SetItem[] {
  return statement.items.filter((item) => item.target === "system" && names.has(item.name));
}

/** Whether an item is certain to switch its variable on or off; undefined where the text does not say. */
export function switchOf(item: SetItem): boolean | undefined {
  const word = wordOf(item);
  if (word !== undefined) {
    const key = word.toLowerCase();
    if (key === "on" || key === "true" || key === "yes") return true;
    if (key === "off" || key === "false" || key === "no") return false;
  }
  const value = foldConstant(item.value);
  if (typeof value === "number") return value !== 0;
  return word === "1" ? true : word === "0" ? false : undefined;
}

/** The value as written: a bare word or a string. */
export function wordOf(item: SetItem): string | undefined {
  const { value } = item;
  if (value.type === "column" && value.table === undefined) return value.name.text;
  return value.type === "string" ? value.value : undefined;
}
