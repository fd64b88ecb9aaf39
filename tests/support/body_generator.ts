/** Stored programs' bodies at random, each with the tables that its statements delete from. */

import type { Random } from "./random.ts";

/** Conditions and names that hold words of the grammar where they are none. */
const CONDITIONS = [
  "1",
  "(CASE WHEN 1 THEN 1 END)",
  "CASE WHEN x THEN 1 ELSE CASE x WHEN 2 THEN 3 END END",
  "`end` > 5",
  "end > 5 AND end",
  "x IN (1, 2)",
  "EXISTS (SELECT 1)",
  "x = 'END IF; DELETE FROM t'",
  "IF(x, 1, 0)",
  "REPEAT('a', 2) = 'aa'",
];

const HANDLED = [
  "NOT FOUND",
  "SQLEXCEPTION, SQLWARNING",
  "SQLSTATE '23000'",
  "SQLSTATE VALUE '42S02', 1051",
  "1062",
  "gone",
];

/** A body of about `size` statements; `tables` gets the names of the tables they empty. */
export function generateBody(random: Random, size: number, tables: string[]): string {
  const leaf = (): string => {
    switch (random.below(5)) {
      case 0:
        return "SET x = x + 1";
      case 1:
        return "SELECT start, end FROM begin_end WHERE id = 1 INTO x, y";
      default:
        tables.push(`d${tables.length}`);
        return `DELETE FROM d${tables.length - 1}`;
    }
  };
  const list = (depth: number): string => {
    const count = 1 + random.below(3);
    return Array.from({ length: count }, () => statement(depth - 1) + ";").join(" ");
  };
  const statement = (depth: number): string => {
    if (depth <= 0) return leaf();
    const condition = random.pick(CONDITIONS);
    switch (random.below(9)) {
      case 0:
        return `IF ${condition} THEN ${list(depth)} ELSEIF ${random.pick(CONDITIONS)} THEN ${
          list(depth)
        } ELSE ${list(depth)} END IF`;
      case 1:
        return `CASE WHEN ${condition} THEN ${list(depth)} ELSE ${list(depth)} END CASE`;
      case 2:
        return `CASE x WHEN 1 THEN ${list(depth)} WHEN 2 THEN ${list(depth)} END CASE`;
      case 3:
        return `l${depth}: LOOP ${list(depth)} LEAVE l${depth}; END LOOP l${depth}`;
      case 4:
        return `REPEAT ${list(depth)} UNTIL ${condition} END REPEAT`;
      case 5:
        return `WHILE ${condition} DO ${list(depth)} END WHILE`;
      case 6: {
        const handler = statement(depth - 1);
        return `BEGIN DECLARE gone CONDITION FOR 1051; DECLARE CONTINUE HANDLER FOR ${
          random.pick(HANDLED)
        } ${handler}; ${list(depth)} END`;
      }
      case 7:
        return `b: BEGIN ${list(depth)} END b`;
      default:
        return leaf();
    }
  };
  return `BEGIN DECLARE x, y, end INT DEFAULT 0; ${list(size)} END`;
}
