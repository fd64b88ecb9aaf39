import * as K from "./keyword_ids.ts";

/** Words that became reserved lately, and that older servers' statements still have as names. */
const LATELY_RESERVED: ReadonlySet<number> = new Set([
  K.CUBE,
  K.CUME_DIST,
  K.DENSE_RANK,
  K.EMPTY,
  K.EXTERNAL,
  K.FIRST_VALUE,
  K.FUNCTION,
  K.GROUPING,
  K.GROUPS,
  K.JSON_TABLE,
  K.LAG,
  K.LAST_VALUE,
  K.LEAD,
  K.LIBRARY,
  K.NTH_VALUE,
  K.NTILE,
  K.PERCENT_RANK,
  K.RANK,
  K.ROW_NUMBER,
  K.SYSTEM,
]);

/** Whether a keyword became reserved lately, so that it may be a name in an older server's statement. */
export function isLatelyReserved(keyword: number): boolean {
  return LATELY_RESERVED.has(keyword);
}
