/** Conditions that every row meets. */
import { type Evasion, text, texts } from "./evasion.ts";

export const EVERY_ROW: readonly Evasion[] = [
  "1",
  "TRUE",
  "id",
  "id = id",
  "1 < 2",
  "'a' = 'a'",
  "'' = 0",
  "NOT 0",
  "!0",
  "1 || 1",
  "id IN (id)",
  "id BETWEEN id AND id",
  "EXISTS (SELECT 1)",
  "COALESCE(1)",
  "name LIKE '%'",
  "id REGEXP '.'",
  "id ^ 0",
  "id DIV 1",
  "id = 1 OR id <> 1 OR TRUE",
  "id = 1 OR 1 = 1",
  `${"id = 1 OR (".repeat(400)}1 = 1${")".repeat(400)}`,
  "id = 1 OR 'x' LIKE 'x'",
  "'a' 'b' = 'ab'",
  "x'6162' = 'ab'",
  "_utf8mb4 0x6162 = _utf8mb4'ab'",
  "N'z' = 'z'",
  "(SELECT 1)",
  "CASE WHEN 1 THEN 1 END",
  "IF(1, 1, 0)",
  "1 IN (SELECT 1)",
  "id <=> id",
  "NOT id <> id",
].map((condition) => text(`DELETE FROM victim WHERE ${condition}`)).concat(
  ["@@version", "'' = 0"].map((condition) =>
    texts("SET sql_mode = ''", `DELETE FROM victim WHERE ${condition}`)
  ),
);
