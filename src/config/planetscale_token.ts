import type { Secret } from "../base/secret.ts";

/** How the secret of a service token begins; its id is twelve characters without it. */
const SECRET_PREFIX = "pscale_tkn_";

/** Whether id and secret of a PlanetScale service token stand in each other's place, by the secret's prefix. */
export function isSwappedToken(id: string, secret: Secret): boolean {
  return id.startsWith(SECRET_PREFIX) && !secret.reveal().startsWith(SECRET_PREFIX);
}

/** Something a service token has to be allowed, and the accesses of which one is enough, the least one first. */
export interface NeededAccess {
  /** Completes "the token may not ...". */
  readonly to: string;
  readonly anyOf: readonly string[];
}

/** Which branch and which kind of password a token is to work on, as far as it is known. */
export interface PasswordKind {
  readonly production: boolean | undefined;
  /** The password only reads: its role is `reader`, or it is for replicas. */
  readonly readOnly?: boolean;
}

/**
 * The accesses that making and deleting passwords takes (PlanetScale's API reference, "Service tokens"). `connect_*`
 * alone makes passwords and cannot delete them.
 */
export function neededAccesses({ production, readOnly = false }: PasswordKind): readonly NeededAccess[] {
  const families = [
    { to: "make passwords", verb: "connect", suffix: "" },
    { to: "delete passwords", verb: "delete", suffix: "_password" },
  ];
  return families.map(({ to, verb, suffix }) => {
    const full = `${verb}_production_branch${suffix}`;
    const reading = `${verb}_production_read_only_branch${suffix}`;
    const development = `${verb}_branch${suffix}`;
    if (production === undefined) return { to, anyOf: [full, reading, development] };
    if (!production) return { to, anyOf: [development] };
    return { to, anyOf: readOnly ? [reading, full] : [full] };
  });
}
