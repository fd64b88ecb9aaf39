/** How Vitess names what a session works on: in USE, as the schema of a login, and behind a user name. */

/** A login name in its parts. */
export interface LoginName {
  /** The account. */
  readonly user: string;
  /** Empty for none. */
  readonly target: string;
  /** The session's workload, lower case. */
  readonly workload: string;
}

/** The workload of a session that has set none. */
export const DEFAULT_WORKLOAD = "oltp";

/** Reads `user|keyspace:shard@type|alias|olap`, of which everything behind the user may be left out. */
export function parseLoginName(name: string): LoginName {
  const [user = "", target = "", alias = "", workload = ""] = name.split("|");
  return {
    user,
    target: alias === "" ? target : `${target}|${alias}`,
    workload: workload === "" ? DEFAULT_WORKLOAD : workload.toLowerCase(),
  };
}

/**
 * The one form of a target that is written as `keyspace`, `keyspace/shard`, `keyspace:shard@type|alias` or `@type`: a colon
 * before the shard, and the type of tablet, `primary` where none is named, in lower case.
 */
export function canonicalTarget(target: string): string {
  const at = target.lastIndexOf("@");
  const place = (at < 0 ? target : target.slice(0, at)).replace(/[/:]/, ":");
  const [type = "", ...alias] = at < 0 ? [] : target.slice(at + 1).split("|");
  return [`${place}@${type === "" ? "primary" : type.toLowerCase()}`, ...alias].join("|");
}
