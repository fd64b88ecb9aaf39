import { failure, type Finding } from "./check.ts";

/** Cures by error number, as the cookbook has them for PlanetScale and as MySQL's manual has them otherwise. */
const CURES: Readonly<Record<number, string>> = {
  1040:
    "Make the applications' connection pools smaller, or raise max_connections, or querycop's GATEKEEPER_MAX_CONNECTIONS",
  1041: "Wait until the server is less busy",
  1044: "Give the user a right on that schema, or leave the schema out",
  1045:
    "Check user name and password. On PlanetScale make a new password on the right branch: one is for one branch and one role, and may have been deleted or have expired",
  1049: "Correct the schema's name, or leave it out",
  1129:
    "Have the server forget this machine's failed attempts: FLUSH HOSTS, or TRUNCATE performance_schema.host_cache",
  1130:
    "Let this machine's address in: make an account for it, or add it to the password's allowed addresses",
  1226: "Raise the account's limit (MAX_USER_CONNECTIONS), or close connections",
  1251: "Upgrade the account to an authentication plugin that clients still speak",
  1862: "Change the password, which has expired, with an interactive client",
  3118: "Unlock the account: ALTER USER ... ACCOUNT UNLOCK",
  3159: "Use TLS: set GATEKEEPER_BACKEND_TLS_MODE to verify-full, or at least to require",
};

/** Cures by what the message says, for servers such as Vitess that use one number for much. */
const CURES_BY_TEXT: readonly (readonly [pattern: RegExp, cure: string])[] = [
  [/insecure connections|must use SSL|secure.transport/i, CURES[3159] ?? ""],
  [
    /branch is missing or sleeping/i,
    "Wake the branch in the PlanetScale dashboard, or make a password for one that exists",
  ],
  [
    /no (healthy )?endpoints/i,
    "Try again in a minute; if it lasts, look at the database's status with who runs it",
  ],
  [
    /transaction pool connection limit|ResourceExhausted/i,
    "Keep transactions short and run fewer of them at once: connections are not what ran out, the pool of simultaneous transactions is",
  ],
  [/Access denied/i, CURES[1045] ?? ""],
];

/** An error that a server answered with, and its cure. `check` is the id of the check that met it. */
export function serverErrorFinding(check: string, errno: number, message: string): Finding {
  const cure = CURES[errno] ?? CURES_BY_TEXT.find(([pattern]) => pattern.test(message))?.[1] ??
    "Look the error up in the manual of the server";
  return failure(
    `${check}.error_${errno}`,
    `the server answers with error ${errno}: ${message.trim()}`,
    cure,
  );
}
