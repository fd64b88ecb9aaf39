import { ConnectError, QuerycopError, ServerError } from "../../base/errors.ts";
import { connectMysql, type MysqlConnection } from "../../client/mod.ts";
import {
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type TargetCheck,
} from "../check.ts";
import type { DoctorInput } from "../input.ts";
import { type Notes, SERVER_CLOCK, type Target, type TargetNotes } from "../notes.ts";
import { serverErrorFinding } from "../server_errors.ts";
import { productOf } from "./mysql_greeting.ts";

export const loginCheck: TargetCheck = {
  id: "login",
  title: "with --user and a password: logs in, runs select 1, tells server and role",
  per: "target",
  needs: ["tls"],
  limitMs: 40_000,
  run: checkLogin,
};

async function checkLogin(
  { input, notes, target, found, signal }: CheckContext & {
    readonly target: Target;
    readonly found: TargetNotes;
  },
): Promise<Outcome> {
  const { credentials } = input;
  if (credentials === undefined) return notApplicable("no --user given");
  if (input.targets.length > 1) {
    return notApplicable("a password is for one endpoint alone: name it with --host");
  }
  const address = input.nameServer === undefined ? undefined : found.reachable?.[0];
  let connection: MysqlConnection | undefined;
  try {
    connection = await connectMysql(input.connectorFor(target, address), input.tls.mode, credentials, signal);
    const product = productOf(connection.greeting);
    const answer = await connection.query("select 1", signal);
    if (answer.rows[0]?.[0] !== "1") {
      return failed("login.answer", `select 1 gave ${JSON.stringify(answer.rows[0]?.[0])}`);
    }
    await noteTime(connection, input, notes, signal);
    const role = await roleOf(connection, signal);
    return {
      summary: `select 1 from ${product}${role === undefined ? "" : `; ${role}`}`,
      facts: {
        product,
        version: connection.greeting.serverVersion,
        role: role ?? null,
        tls: connection.tls?.version ?? null,
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    return { summary: "", findings: [findingOf(error)] };
  } finally {
    await connection?.close(signal);
  }
}

/** The server's clock, which the clock check compares with ours. */
async function noteTime(
  connection: MysqlConnection,
  input: DoctorInput,
  notes: Notes,
  signal: AbortSignal,
): Promise<void> {
  const asked = input.clock.now();
  const seconds = Number(await valueOf(connection, "select unix_timestamp()", signal));
  if (!Number.isFinite(seconds) || seconds <= 0) return;
  // Whole seconds, so half of one is added; the way there and back is halved.
  notes.times.push({
    from: SERVER_CLOCK,
    aheadMs: seconds * 1000 + 500 - (asked + input.clock.now()) / 2,
  });
}

/** What the account may do, by its grants; Vitess has none to show. */
async function roleOf(connection: MysqlConnection, signal: AbortSignal): Promise<string | undefined> {
  const grants = await rowsOf(connection, "show grants", signal);
  return grants.length === 0 ? undefined : describeGrants(grants.flatMap(([line]) => line ?? []));
}

/** What an account may do, by the lines of SHOW GRANTS: their lists of privileges alone, not the names after ON. */
export function describeGrants(lines: readonly string[]): string {
  const privileges = new Set(
    lines.flatMap((line) => {
      const list = /^GRANT (.*?) ON /i.exec(line)?.[1]?.toUpperCase() ?? "";
      return list.replace(/\([^)]*\)/g, "").split(",").map((each) => each.trim());
    }),
  );
  const any = (...names: readonly string[]) => names.some((name) => privileges.has(name));
  if (any("ALL PRIVILEGES", "ALL", "CREATE", "ALTER", "DROP")) return "may change the schema";
  const reads = any("SELECT");
  const writes = any("INSERT", "UPDATE", "DELETE");
  if (reads && writes) return "reads and writes";
  if (writes) return "writes, and may not read";
  return reads ? "reads" : "no right on any table";
}

async function valueOf(
  connection: MysqlConnection,
  sql: string,
  signal: AbortSignal,
): Promise<string | null | undefined> {
  return (await rowsOf(connection, sql, signal))[0]?.[0];
}

/** Rows of a question that a server may refuse. */
async function rowsOf(
  connection: MysqlConnection,
  sql: string,
  signal: AbortSignal,
): Promise<readonly (readonly (string | null)[])[]> {
  try {
    return (await connection.query(sql, signal)).rows;
  } catch (error) {
    if (error instanceof ServerError) return [];
    throw error;
  }
}

function findingOf(error: unknown): Finding {
  if (error instanceof ServerError) return serverErrorFinding("login", error.errno, error.message);
  const code = error instanceof ConnectError ? `login.${error.reason}` : "login.failed";
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof QuerycopError ? error.hint : undefined;
  return failure(code, message, hint ?? "Look at the server's log for why it ended the login");
}

function failed(code: string, message: string): Outcome {
  return {
    summary: message,
    findings: [failure(code, message, "Look at what stands between here and the server")],
  };
}
