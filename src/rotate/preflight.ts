import { QuerycopError } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import { accessesOn, neededAccesses, type TokenFacts } from "../config/mod.ts";
import {
  type BranchInfo,
  type BranchPassword,
  type BranchRef,
  type DatabaseInfo,
  nameOf,
  type NewPassword,
  type PlanetScaleApi,
  PlanetScaleApiError,
} from "./planetscale_api.ts";

/** Which password is to go, as far as a person said. */
export interface OldPasswordQuery {
  readonly id: string | undefined;
  readonly username: string | undefined;
}

/** What the API says before anything is changed. `undefined`: the token may not read it. */
export interface PreflightFacts {
  readonly ref: BranchRef;
  readonly query: OldPasswordQuery;
  readonly organizations: readonly string[];
  readonly database: DatabaseInfo | undefined;
  readonly branch: BranchInfo | undefined;
  readonly token: TokenFacts | undefined;
  /** Those of the branch. */
  readonly passwords: readonly BranchPassword[];
}

/** Something that preflight found. A `stop` means that rotating would fail or cannot be safe. */
export interface PreflightFinding {
  readonly level: "stop" | "warning" | "note";
  /** As an error's code: its first part decides the exit code. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The judgement: what was found, and, where nothing stops it, what is to be replaced by what. */
export interface PreflightVerdict {
  readonly findings: readonly PreflightFinding[];
  readonly old: RotatablePassword | undefined;
  /** Everything of the new password but its name. */
  readonly create: Omit<NewPassword, "name"> | undefined;
}

/** A password of which enough is known to replace it. */
export interface RotatablePassword extends BranchPassword {
  readonly username: string;
  readonly role: string;
}

/** Names of passwords that rotations made begin so. */
const NAME_PREFIX = "querycop-";

const ROLES = ["reader", "writer", "readwriter", "admin"];
const DAY_MS = 86_400_000;

/** Asks the API for everything that preflight judges; reads only. Throws `PlanetScaleApiError`. */
export async function gatherPreflight(
  api: PlanetScaleApi,
  ref: BranchRef,
  query: OldPasswordQuery,
): Promise<PreflightFacts> {
  const organizations = await api.organizations();
  const passwords = await api.listPasswords(ref);
  const found = findOld(passwords, query);
  // A list may leave out what a single password says.
  const old = found === undefined ? undefined : await api.getPassword(ref, found.id);
  return {
    ref,
    query,
    organizations,
    database: await unlessDenied(() => api.database(ref.organization, ref.database)),
    branch: await unlessDenied(() => api.branch(ref)),
    token: await api.token(ref.organization),
    passwords: old === undefined ? passwords : passwords.map((each) => each.id === old.id ? old : each),
  };
}

/** Judges what was gathered, at a time, for a rotation with a quiet period. */
export function judgePreflight(facts: PreflightFacts, now: Date, quietMs: number): PreflightVerdict {
  const { ref, query, database, branch, token, passwords } = facts;
  const accesses = token === undefined ? undefined : accessesOn(token, ref.database);
  const findings: PreflightFinding[] = [];
  const add = (level: PreflightFinding["level"], code: string, message: string, hint: string) =>
    findings.push({ level, code, message, hint });

  if (database?.kind !== undefined && /postgres/i.test(database.kind)) {
    add(
      "stop",
      "usage.postgresql",
      `${ref.organization}/${ref.database} is a PostgreSQL database, which has roles in place of branch passwords`,
      "Name a Vitess (MySQL) database with --database",
    );
  }
  if (branch?.ready === false) {
    add(
      "stop",
      "api.branch_not_ready",
      `The branch ${nameOf(ref)} is not ready`,
      "Wait until PlanetScale has made it, or wake it in the dashboard",
    );
  }
  const old = findOld(passwords, query);
  if (old === undefined) findings.push(oldMissing(facts));
  else findings.push(...judgeOld(old, now, quietMs));
  findings.push(...judgeExpiry(token, now));

  const readOnly = old !== undefined && (old.role === "reader" || old.replica);
  const production = branch?.production ??
    passwords.find((each) => each.production !== undefined)?.production;
  const needed = neededAccesses({ production, readOnly });
  if (accesses === undefined) {
    add(
      "note",
      "preflight.accesses_unknown",
      "The token may not read its own accesses, so they show only when they are used",
      `It needs ${
        needed.map(({ anyOf }) => anyOf[0]).join(" and ")
      }; read_service_tokens would let it be checked`,
    );
  }
  for (const { to, anyOf } of needed) {
    if (accesses === undefined || anyOf.some((access) => accesses.includes(access))) continue;
    const kind = production === undefined ? "" : production ? "production " : "development ";
    add(
      "stop",
      "api.missing_access",
      `The token may not ${to} on the ${kind}branch ${nameOf(ref)}`,
      `Give it ${
        anyOf.join(" or ")
      } on the database ${ref.database} (organization's settings, Service tokens)`,
    );
  }
  // What is in use belongs to somebody else's rotation on the same branch.
  const idle = ({ lastUsedAt }: BranchPassword) =>
    lastUsedAt === undefined || now.getTime() - lastUsedAt.getTime() > DAY_MS;
  const left = passwords.filter((each) =>
    each.id !== old?.id && each.name?.startsWith(NAME_PREFIX) && idle(each)
  );
  if (left.length > 0) {
    add(
      "warning",
      "preflight.left_over",
      `${left.length === 1 ? "A password" : `${left.length} passwords`} of earlier rotations ${
        left.length === 1 ? "is" : "are"
      } there, not used for a day: ${left.map(describePassword).join("; ")}`,
      "An application may still be told to use one: see querycop rotate status before deleting any",
    );
  }
  const stopped = findings.some(({ level }) => level === "stop");
  if (stopped || old === undefined || !isRotatable(old)) {
    return { findings, old: undefined, create: undefined };
  }
  const { role, cidrs, replica, directVtgate, ttlSeconds } = old;
  return { findings, old, create: { role, cidrs, replica, directVtgate, ttlSeconds } };
}

/** Throws what stops a rotation, if anything does: the first finding, with the others in its hint. */
export function assertMayRotate(verdict: PreflightVerdict): asserts verdict is PreflightVerdict & {
  readonly old: RotatablePassword;
  readonly create: Omit<NewPassword, "name">;
} {
  const [first, ...others] = verdict.findings.filter(({ level }) => level === "stop");
  if (first === undefined) return;
  const also = others.map(({ message, hint }) => `. Also: ${message}. ${hint}`).join("");
  throw new QuerycopError(first.code, first.message, { hint: first.hint + also });
}

/** A password in one line, without its secret: id, name, username, role, last use. */
export function describePassword({ id, name, username, role, lastUsedAt }: BranchPassword): string {
  const used = lastUsedAt === undefined ? "never used" : `last used ${lastUsedAt.toISOString()}`;
  return [id, name, username, role].filter((each) => each !== undefined).join(", ") + `, ${used}`;
}

function findOld(
  passwords: readonly BranchPassword[],
  { id, username }: OldPasswordQuery,
): BranchPassword | undefined {
  if (id === undefined && username === undefined) {
    const active = passwords.filter(({ expired }) => !expired);
    const only = active.length === 0 ? passwords : active;
    return only.length === 1 ? only[0] : undefined;
  }
  return passwords.find((each) =>
    (id === undefined || each.id === id) && (username === undefined || each.username === username)
  );
}

function oldMissing({ ref, query, passwords }: PreflightFacts): PreflightFinding {
  const there = passwords.map(describePassword).join("; ");
  const hint = there === ""
    ? "Make the first one in the dashboard: Branch, Connect, New password"
    : `There are: ${there}`;
  const stop = (code: string, message: string): PreflightFinding => ({ level: "stop", code, message, hint });
  if (query.id === undefined && query.username === undefined) {
    return passwords.length === 0
      ? stop("usage.no_password", `The branch ${nameOf(ref)} has no password to rotate`)
      : stop(
        "usage.which_password",
        `The branch ${nameOf(ref)} has ${passwords.length} passwords: say which`,
      );
  }
  const asked = [
    ...(query.id === undefined ? [] : [`the id ${query.id}`]),
    ...(query.username === undefined ? [] : [`the username ${query.username}`]),
  ].join(" and ");
  return stop("usage.password_not_found", `No password of ${nameOf(ref)} has ${asked}`);
}

/** A token that ends before the rotation does leaves it half done. */
function judgeExpiry(token: TokenFacts | undefined, now: Date): readonly PreflightFinding[] {
  const leftMs = token?.expiresAt === undefined ? Infinity : token.expiresAt.getTime() - now.getTime();
  if (leftMs > DAY_MS) return [];
  return [{
    level: "warning",
    code: "preflight.token_expires",
    message: `The service token expires ${
      token?.expiresAt?.toISOString() ?? ""
    }, maybe before the rotation ends`,
    hint: "Make a new token first, or be ready to resume with another one",
  }];
}

function judgeOld(old: BranchPassword, now: Date, quietMs: number): readonly PreflightFinding[] {
  const findings: PreflightFinding[] = [];
  if (old.username === undefined || old.role === undefined) {
    findings.push({
      level: "stop",
      code: "protocol.password_facts",
      message: `The API does not tell the ${
        old.username === undefined ? "username" : "role"
      } of password ${old.id}`,
      hint: "Rotate it by hand: querycop rotate --plan without a token prints how",
    });
  } else if (!ROLES.includes(old.role)) {
    findings.push({
      level: "warning",
      code: "preflight.role_unknown",
      message: `Its role, ${old.role}, is new to this version`,
      hint: "The new password is made with the same role; check what it may do",
    });
  }
  if (old.expired || (old.expiresAt !== undefined && old.expiresAt <= now)) {
    findings.push({
      level: "warning",
      code: "preflight.expired",
      message: `The old password has expired${old.expiresAt ? ` at ${old.expiresAt.toISOString()}` : ""}`,
      hint: "Whatever uses it is refused until it has the new pair",
    });
  } else if (old.expiresAt !== undefined && old.expiresAt.getTime() - now.getTime() < DAY_MS) {
    const left = formatDurationMs(Math.ceil((old.expiresAt.getTime() - now.getTime()) / 60_000) * 60_000);
    findings.push({
      level: "warning",
      code: "preflight.expires_soon",
      message: `The old password expires in ${left}`,
      hint: "Move the applications over before, or renew it: pscale password renew",
    });
  }
  if (old.ttlSeconds > 0 && old.ttlSeconds * 1000 <= quietMs) {
    findings.push({
      level: "stop",
      code: "usage.ttl_too_short",
      message: `The new password would live ${
        formatDurationMs(old.ttlSeconds * 1000)
      } like the old one, and the quiet period is ${formatDurationMs(quietMs)}`,
      hint: "Set a shorter --quiet-for, or move the application to a password that lives longer",
    });
  } else if (old.ttlSeconds > 0) {
    findings.push({
      level: "note",
      code: "preflight.ttl",
      message: `The new password expires ${
        formatDurationMs(old.ttlSeconds * 1000)
      } after it is made, as the old one did`,
      hint: "Rotate again before then",
    });
  }
  return findings;
}

function isRotatable(password: BranchPassword): password is RotatablePassword {
  return password.username !== undefined && password.role !== undefined;
}

/** Passwords can be rotated by a token that may not read databases or branches. */
async function unlessDenied<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const denied = error instanceof PlanetScaleApiError &&
      ["missing_access", "forbidden", "not_found"].includes(error.kind);
    if (denied) return undefined;
    throw error;
  }
}
