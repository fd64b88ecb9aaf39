import type { Accounts } from "./planetscale_answers.ts";
import type { TestServer } from "./servers.ts";

/** What each role of a branch password may do. */
const GRANTS: Readonly<Record<string, string>> = {
  reader: "SELECT",
  writer: "INSERT, UPDATE, DELETE",
  readwriter: "SELECT, INSERT, UPDATE, DELETE",
  admin: "ALL",
};

/** Makes and drops the logins of branch passwords on a real server. */
export function mysqlAccounts(server: TestServer): Accounts {
  return {
    create: async ({ username, password, role }) => {
      await server.createUser({ name: username, password, grant: `${GRANTS[role]} ON *.*` });
    },
    drop: async (username) => {
      await server.sql(`DROP USER IF EXISTS '${username}'@'%'`);
      const rows = await server.sql(
        `SELECT id FROM information_schema.processlist WHERE user = '${username}'`,
      );
      for (const [id] of rows) {
        // It may end by itself between the two.
        await server.sql(`KILL ${id}`).catch(() => {});
      }
    },
    ...(server.flavour === "mysql" ? { statements: (username) => statementsOf(server, username) } : {}),
  };
}

/** Statements that a login ran, by MySQL's own count. */
async function statementsOf(server: TestServer, username: string): Promise<number> {
  const [[count] = []] = await server.sql(
    `SELECT COALESCE(SUM(count_star), 0) FROM performance_schema.events_statements_summary_by_user_by_event_name
     WHERE user = '${username}' AND event_name LIKE 'statement/sql/%'`,
  );
  return Number(count ?? 0);
}
