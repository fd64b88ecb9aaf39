/** Statements that commit the open transaction before they run. */

import { hasKindTrait } from "../sql/kind_traits.ts";
import type { Statement } from "../sql/statement.ts";

/** Whether MySQL commits the open transaction before it runs the statement. */
export function commitsImplicitly(statement: Statement): boolean {
  if (statement.kind === "create-table" || statement.kind === "drop-table") return !statement.temporary;
  return hasKindTrait(statement.kind, "commits");
}
