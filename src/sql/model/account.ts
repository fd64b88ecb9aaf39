/** Users, roles, privileges. */

import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";

/** `'u'@'h'`, a role, CURRENT_USER. */
export interface AccountName extends Span {
  readonly user: string;
  /** Undefined where no `@host` is written, which means `%`. */
  readonly host: string | undefined;
  /** CURRENT_USER[()]. */
  readonly current: boolean;
}

/** What a user is identified by. */
export interface Credential extends Span {
  /** IDENTIFIED WITH plugin, lower case. */
  readonly plugin: string | undefined;
  /** `password`: BY 'text'; `hash`: AS 'hash' or BY PASSWORD; `random`: BY RANDOM PASSWORD; `plugin`: no secret. */
  readonly form: "password" | "hash" | "random" | "plugin";
  /** The text of `password` and `hash`. It is a secret: show its span masked. */
  readonly secret: Text | undefined;
}

export interface UserSpecification extends Span {
  readonly account: AccountName;
  /** Empty where nothing identifies the user; several with multi-factor authentication. */
  readonly credentials: readonly Credential[];
}

export interface UserDetail {
  readonly kind: "create-user" | "alter-user";
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
  readonly users: readonly UserSpecification[];
  /** REQUIRE, WITH, PASSWORD EXPIRE, ACCOUNT LOCK, DEFAULT ROLE, COMMENT, ATTRIBUTE ... as upper-case words. */
  readonly options: readonly Option[];
  /** The roles of DEFAULT ROLE. */
  readonly defaultRoles: readonly AccountName[];
}

export interface AccountListDetail {
  readonly kind: "drop-user" | "create-role" | "drop-role";
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly accounts: readonly AccountName[];
}

export interface RenameUserDetail {
  readonly kind: "rename-user";
  readonly renames: readonly { readonly from: AccountName; readonly to: AccountName }[];
}

export interface Privilege extends Span {
  /** Upper case with single spaces: `SELECT`, `ALL`, `CREATE USER`, `SYSTEM_VARIABLES_ADMIN`; `PROXY` for GRANT PROXY. */
  readonly name: string;
  readonly columns: readonly Identifier[];
}

/** `*.*`, `db.*`, `*` (the current database), `[db.]table`, a routine. */
export interface PrivilegeLevel extends Span {
  readonly scope: "global" | "schema" | "current-schema" | "object";
  readonly schema: Identifier | undefined;
  readonly object: ObjectName | undefined;
  readonly objectType: "table" | "function" | "procedure" | "library" | undefined;
}

export interface GrantDetail {
  readonly kind: "grant" | "revoke";
  /** `privileges` with ON; `roles` without; `proxy` for PROXY ON; `all` for REVOKE ALL PRIVILEGES, GRANT OPTION. */
  readonly form: "privileges" | "roles" | "proxy" | "all";
  readonly privileges: readonly Privilege[];
  readonly roles: readonly AccountName[];
  readonly level: PrivilegeLevel | undefined;
  readonly proxied: AccountName | undefined;
  /** The grantees, with old servers' IDENTIFIED BY. */
  readonly users: readonly UserSpecification[];
  /** WITH GRANT OPTION, or GRANT OPTION among the privileges. */
  readonly grantOption: boolean;
  readonly adminOption: boolean;
  readonly ifExists: boolean;
}

export interface SetPasswordDetail {
  readonly kind: "set-password";
  readonly account: AccountName | undefined;
  /** Undefined for TO RANDOM. */
  readonly secret: Text | undefined;
  readonly random: boolean;
  /** `PASSWORD('text')` of old servers. */
  readonly legacyFunction: boolean;
}

export interface SetRoleDetail {
  readonly kind: "set-role" | "set-default-role";
  readonly form: "default" | "none" | "all" | "all-except" | "list";
  readonly roles: readonly AccountName[];
  readonly accounts: readonly AccountName[];
}
