import type { Expression } from "../model/expression.ts";
import { modesIn, textOfMode } from "./sql_mode.ts";

/** What {@link modeOfText} needs to know of a session. */
export interface ModeSource {
  /** The bits of sql_mode now; undefined where they are in doubt. */
  readonly current: number | undefined;
  /** The bits of a sql_mode that a user variable has kept; undefined where it holds anything else. */
  kept(name: string): number | undefined;
  /** The text of an expression that no sql_mode is part of. */
  textOf(value: Expression): string | undefined;
}

const MAX_DEPTH = 8;

/**
 * The bits of a text that is made of what sql_mode is: itself, with modes added by CONCAT or taken out by REPLACE. Modes
 * that change no reading are not followed, so nothing else is known of such a text. Undefined for any other.
 */
export function modeOfText(value: Expression, source: ModeSource, depth = 0): number | undefined {
  if (depth > MAX_DEPTH) return undefined;
  switch (value.type) {
    case "variable":
      if (value.kind === "user") return source.kept(value.name);
      return value.name === "sql_mode" && (value.scope === undefined || value.scope === "session")
        ? source.current
        : undefined;
    case "subquery": {
      const [block, ...others] = value.query.blocks;
      const plain = others.length === 0 && !value.exists && block?.form === "select" &&
        block.from.length === 0 &&
        block.items.length === 1 && block.where === undefined && block.limit === undefined &&
        value.query.limit === undefined;
      return plain ? modeOfText(block.items[0]!.expression, source, depth + 1) : undefined;
    }
    case "call":
      if (value.schema !== undefined) return undefined;
      if (value.key === "concat") return concatenated(value.args, source, depth);
      return value.key === "replace" ? replaced(value.args, source, depth) : undefined;
    default:
      return undefined;
  }
}

/** One sql_mode with texts before and behind it, each set off by a comma. */
function concatenated(args: readonly Expression[], source: ModeSource, depth: number): number | undefined {
  let mode: number | undefined;
  let before = "";
  let behind = "";
  for (const argument of args) {
    const text = source.textOf(argument);
    if (text !== undefined) {
      if (mode === undefined) before += text;
      else behind += text;
      continue;
    }
    const own = modeOfText(argument, source, depth + 1);
    if (own === undefined || mode !== undefined) return undefined;
    mode = own;
  }
  const setOff = /(^|,)$/.test(before) && /^(,|$)/.test(behind);
  return mode === undefined || !setOff ? undefined : mode | modesIn(before) | modesIn(behind);
}

/** A sql_mode without one mode's name. */
function replaced(args: readonly Expression[], source: ModeSource, depth: number): number | undefined {
  const [first, from, to] = args;
  if (args.length !== 3 || first === undefined || from === undefined || to === undefined) return undefined;
  const mode = modeOfText(first, source, depth + 1);
  const taken = source.textOf(from);
  const put = source.textOf(to);
  if (mode === undefined || taken === undefined || put === undefined) return undefined;
  if (!/^,?\w+,?$/.test(taken) || !/^,?$/.test(put)) return undefined;
  return modesIn(textOfMode(mode).split(taken).join(put));
}
