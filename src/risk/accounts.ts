/** Accounts, privileges and credentials as the admin rules see them. */

import type { AccountName, Credential, Statement, UserSpecification } from "../sql/statement.ts";

/** An account for a message: user and host as written, never a credential. */
export function displayAccount(account: AccountName): string {
  if (account.current) return "the current user";
  const user = account.user === "" ? "the anonymous user" : account.user;
  return account.host === undefined ? user : `${user}@${account.host}`;
}

/** The users a statement names with what identifies them: CREATE USER, ALTER USER, and GRANT of old servers. */
export function userSpecifications(statement: Statement): readonly UserSpecification[] {
  switch (statement.kind) {
    case "create-user":
    case "alter-user":
    case "grant":
      return statement.users;
    default:
      return [];
  }
}

/** Plugins that check a password kept in mysql.user; naming one without a password leaves it empty. */
const PASSWORD_PLUGINS: ReadonlySet<string> = new Set([
  "caching_sha2_password",
  "sha256_password",
  "mysql_native_password",
  "mysql_old_password",
  "ed25519",
  "parsec",
]);

/** Whether a credential's text is a password or its hash, rather than the name another plugin goes by. */
export function holdsPassword(credential: Credential): boolean {
  return credential.form === "password" || credential.plugin === undefined ||
    PASSWORD_PLUGINS.has(credential.plugin);
}

/** Whether a credential lets anyone in: an empty password, or a password plugin without one. */
export function isOpen(credential: Credential): boolean {
  if (credential.form === "plugin") return PASSWORD_PLUGINS.has(credential.plugin ?? "");
  if (credential.form === "random") return false;
  return credential.secret !== undefined && credential.secret.value === "";
}

/** Whether every host matches. */
export function isAnyHost(host: string | undefined): boolean {
  return host === undefined || host === "" || /^%+$/.test(host);
}
