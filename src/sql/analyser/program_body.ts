import type { TokenBuffer } from "../lexer/token_buffer.ts";
import type { SqlOptions } from "../options.ts";
import { analyse } from "./analyse.ts";

/**
 * The index of the first token of a stored program's body, of which perhaps only the beginning is there; 0 for a compound
 * statement that is run directly, -1 where there is no body.
 */
export function programBodyAt(source: Uint8Array, tokens: TokenBuffer, options: SqlOptions): number {
  const statement = analyse(source, tokens, options);
  if (statement.kind === "compound") return 0;
  const body = "body" in statement ? statement.body : undefined;
  if (body === undefined) return -1;
  let at = 0;
  while (at < tokens.length && tokens.start[at]! < body.start) at++;
  return at;
}
