/** Reading the values of SET. */

import type { Expression } from "../sql/statement.ts";

/** Whether a value turns a switch off: 0, OFF, FALSE, 'off'. */
export function isOff(value: Expression): boolean {
  switch (value.type) {
    case "number":
      return value.value === 0;
    case "boolean":
      return !value.value;
    case "column":
      return value.name.key === "off";
    case "string":
      return value.value.toLowerCase() === "off" || value.value === "0";
    default:
      return false;
  }
}

/** The value as a lower-case word, where it is a string or a bare word; else undefined. */
export function wordOf(value: Expression): string | undefined {
  if (value.type === "string") return value.value.toLowerCase();
  return value.type === "column" ? value.name.key : undefined;
}
