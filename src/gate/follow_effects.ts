import { Effect } from "../sql/session/effects.ts";
import type { SessionSettings } from "../sql/session/settings.ts";
import type { Expression, Statement } from "../sql/statement.ts";

/**
 * Takes over in `settings` what a statement does to its session, if it succeeds. `prepared` are the effects of texts that
 * EXECUTE may run. What cannot be told is noted as not known.
 */
export function followEffects(
  statement: Statement,
  effects: number,
  settings: SessionSettings,
  prepared: number,
): void {
  if (statement.kind === "set" && statement.inner === undefined) {
    settings.applySet(statement.items, statement.variableAssignments.length > 0);
  } else if ((effects & Effect.variables) !== 0) followAssignments(statement, settings);
  if ((effects & Effect.opaque) !== 0) {
    // A routine's sql_mode ends with it; what it does to the character set stays.
    settings.doubt(statement.kind !== "call");
  }
  if ((effects & Effect.executes) !== 0 && (prepared & (Effect.settings | Effect.opaque)) !== 0) {
    settings.doubt(true);
  }
  if ((effects & Effect.forgets) !== 0) settings.forgetVariables();
}

/** `SELECT 'text' INTO @x` and `SELECT @x := 'text'` of one row set what they say; anything else something unknown. */
function followAssignments(statement: Statement, settings: SessionSettings): void {
  const [block, ...others] = statement.blocks;
  const oneRow = statement.kind === "select" && block?.form === "select" && others.length === 0 &&
    block.from.length === 0 && block.where === undefined && block.having === undefined &&
    block.limit === undefined && block.groupBy.length === 0;
  const shown = oneRow ? block.items.filter(({ expression }) => expression.type === "assignment").length : 0;
  if (!oneRow || shown !== statement.variableAssignments.length) {
    for (const { target } of statement.variableAssignments) assign(target, undefined, settings);
    for (const { into } of statement.blocks) {
      for (const target of into?.variables ?? []) assign(target, undefined, settings);
    }
    return;
  }
  // From left to right, each item seeing what those before it assigned; INTO comes last.
  const row = block.items.map(({ expression }) => {
    if (expression.type !== "assignment") return settings.valueOf(expression);
    const value = settings.valueOf(expression.value);
    assign(expression.target, value, settings);
    return value;
  });
  for (const [index, target] of (block.into?.variables ?? []).entries()) assign(target, row[index], settings);
}

function assign(target: Expression, value: string | number | undefined, settings: SessionSettings): void {
  if (target.type === "variable" && target.kind === "user") settings.assign(target.name, value);
  else settings.forgetVariables();
}
