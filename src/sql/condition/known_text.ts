/**
 * The text that an expression gives, as far as it is known the way the server knows it: what may differ in any input is
 * not known. Dynamic SQL and SET are followed by it, so a wrong guess would let anything run.
 */

import type { Expression } from "../model/expression.ts";

/** What expressions read of a session; undefined for what is not known. */
export interface KnownVariables {
  user(name: string): string | undefined;
  system(name: string): string | undefined;
}

/** For texts that are read outside any session. */
export const NOTHING_KNOWN: KnownVariables = { user: () => undefined, system: () => undefined };

/** Introducers under which the bytes of ASCII mean what they mean everywhere. */
const PLAIN_INTRODUCERS: ReadonlySet<string> = new Set([
  "utf8mb4",
  "utf8mb3",
  "utf8",
  "latin1",
  "ascii",
  "binary",
]);

/** Parts of expressions that are looked into; who nests more deeply is not followed. */
const MAX_DEPTH = 100;

/** The text of an expression; undefined where it is NULL or not known. */
export function knownText(value: Expression, variables: KnownVariables, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const of = (part: Expression) => knownText(part, variables, depth + 1);
  switch (value.type) {
    case "string":
      if (value.introducer === undefined) return value.value;
      return isPlain(value.introducer) && isAscii(value.value) ? value.value : undefined;
    case "hex":
    case "bit":
      return isPlain(value.introducer ?? "binary") && isAscii(value.value) ? value.value : undefined;
    case "variable":
      if (value.kind === "user") return variables.user(value.name);
      return value.scope === undefined || value.scope === "session"
        ? variables.system(value.name)
        : undefined;
    case "binary":
      return value.operator === "||" ? joined([value.left, value.right], of) : undefined;
    case "call":
      return value.schema === undefined && !value.distinct
        ? textOfCall(value.key, value.args, of)
        : undefined;
    case "subquery": {
      const [block, ...others] = value.query.blocks;
      if (value.exists || block?.form !== "select" || others.length > 0 || block.items.length !== 1) {
        return undefined;
      }
      const whole = block.from.length === 0 && block.where === undefined && block.having === undefined &&
        block.groupBy.length === 0 && block.limit === undefined && value.query.limit === undefined;
      const [item] = block.items;
      return whole && item !== undefined ? of(item.expression) : undefined;
    }
    default:
      return undefined;
  }
}

/** CONCAT, CONCAT_WS and REPLACE of texts of ASCII, which no collation or character set changes. */
function textOfCall(
  name: string,
  args: readonly Expression[],
  of: (part: Expression) => string | undefined,
): string | undefined {
  switch (name) {
    case "concat":
      return args.length === 0 ? undefined : joined(args, of);
    case "concat_ws": {
      const [separator, ...rest] = args;
      if (separator === undefined || rest.length === 0) return undefined;
      return joined(rest, of, of(separator));
    }
    case "replace": {
      const [text, from, to] = args.map(of);
      if (args.length !== 3 || text === undefined || from === undefined || to === undefined) return undefined;
      if (!isAscii(text + from + to)) return undefined;
      return from === "" ? text : text.split(from).join(to);
    }
    default:
      return undefined;
  }
}

function joined(
  parts: readonly Expression[],
  of: (part: Expression) => string | undefined,
  separator: string | undefined = "",
): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    const text = part.type === "number" && /^(0|[1-9]\d{0,14})$/.test(part.text) ? part.text : of(part);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return separator === undefined ? undefined : texts.join(separator);
}

function isPlain(introducer: string): boolean {
  return PLAIN_INTRODUCERS.has(introducer);
}

function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^[\x01-\x7f]*$/.test(text);
}
