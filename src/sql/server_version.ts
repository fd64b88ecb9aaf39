import { DEFAULT_SQL_OPTIONS } from "./options.ts";

/** Server kind and number of a version text: 80040 for 8.0.40-Vitess, 101106 for 5.5.5-10.11.6-MariaDB. */
export function versionOf(text: string): { readonly dialect: "mysql" | "mariadb"; readonly version: number } {
  const dialect = /mariadb/i.test(text) ? "mariadb" : "mysql";
  const match = /^(?:5\.5\.5-(?=\d+\.\d))?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return { dialect, version: DEFAULT_SQL_OPTIONS.serverVersion };
  return { dialect, version: Number(match[1]) * 10000 + Number(match[2]) * 100 + Number(match[3] ?? 0) };
}
