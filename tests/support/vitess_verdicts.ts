/**
 * What vtgate said of some thousands of statements, release by release: tests/testdata/vitess_verdicts.txt, written by
 * scripts/record_vitess.ts. A line is a word of verdicts, a tab and the statement. The word has MySQL's letter first, then
 * two for each of {@link VITESS_RELEASES}: in an unsharded keyspace, and in a sharded one.
 */
import { VITESS_RELEASES } from "./vitess_build.ts";

/** What a server made of a statement. */
export const VERDICTS = {
  /** It ran, or failed for what the database behind vtgate found: vtgate has passed it on. */
  ".": "accepted",
  /** As accepted, and it went to one shard, so that nothing was tried of how shards are put together. */
  "1": "accepted by one shard",
  "x": "refused",
  /** Refused for what the keyspaces or the session lack: an unknown table, a column, a prepared statement. */
  "?": "not told",
} as const;
export type VerdictLetter = keyof typeof VERDICTS;

/** A statement and what was made of it. */
export interface RecordedStatement {
  readonly sql: string;
  /** MySQL 9.7 parses it. */
  readonly valid: boolean;
  /** By release, newest first; undefined where it has not been recorded. */
  readonly unsharded: readonly (VerdictLetter | undefined)[];
  readonly sharded: readonly (VerdictLetter | undefined)[];
}

const FILE = new URL("../testdata/vitess_verdicts.txt", import.meta.url);

/** The recorded statements. */
export async function readVerdicts(): Promise<RecordedStatement[]> {
  const text = await Deno.readTextFile(FILE);
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [word = "", sql = ""] = line.split("\t");
    const letter = (at: number) => {
      const one = word[at];
      return one === undefined || one === "-" ? undefined : one as VerdictLetter;
    };
    return {
      sql,
      valid: word[0] !== "!",
      unsharded: VITESS_RELEASES.map((_, index) => letter(1 + 2 * index)),
      sharded: VITESS_RELEASES.map((_, index) => letter(2 + 2 * index)),
    };
  });
}

/** Writes them, one a line, in the order given. */
export async function writeVerdicts(statements: readonly RecordedStatement[]): Promise<void> {
  const lines = statements.map(({ sql, valid, unsharded, sharded }) => {
    const pairs = VITESS_RELEASES.map((_, index) => `${unsharded[index] ?? "-"}${sharded[index] ?? "-"}`);
    return `${valid ? "." : "!"}${pairs.join("")}\t${sql}\n`;
  });
  await Deno.writeTextFile(FILE, lines.join(""));
}

/** The verdict in an error that vtgate answered with; empty for none. `lost`: it closed the connection. */
export function verdictOf(message: string, lost = false): VerdictLetter {
  if (lost) return "x";
  if (message === "") return ".";
  if (/VT03024/.test(message)) return "?";
  if (REFUSED.test(message)) return "x";
  return /vttablet:|^target: /.test(message) ? "." : "?";
}

const REFUSED = new RegExp(
  [
    "syntax error at position",
    "VT1200[12]",
    "VT10001",
    "VT13001",
    "VT05006",
    "VT07001",
    "VT03010",
    "VT0901[26]",
    "LOAD is not supported",
    "CALL is not supported",
    "Temporary table not supported",
    "sql_mode is unsupported",
    "charset/name .* is not supported",
    "SelectLockFunc not allowed",
  ].join("|"),
);
