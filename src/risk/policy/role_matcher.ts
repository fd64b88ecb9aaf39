import { type AddressGroups, type Cidr, cidrContains, parseAddress, parseCidr } from "../../base/cidr.ts";
import { DEFAULT_WORKLOAD } from "../../base/vitess_target.ts";
import { parseWildcard, type Wildcard } from "../../base/wildcard.ts";
import type { MatchDefinition } from "../../contract/policy_file.ts";
import { matchesSchema } from "./schema_name.ts";
import type { Subject } from "./policy.ts";

/** A subject as roles match it. */
export interface MatchedSubject extends Subject {
  /** Vitess: see {@link canonicalTarget}; undefined elsewhere, where no role that names targets matches. */
  readonly target?: string;
}

/** Says whom a role is for. Patterns and ranges that cannot be read match nobody. */
export class RoleMatcher {
  readonly #users: readonly Wildcard[] | undefined;
  readonly #schemas: readonly Wildcard[] | undefined;
  readonly #targets: readonly Wildcard[] | undefined;
  readonly #workloads: readonly Wildcard[] | undefined;
  readonly #clients: readonly Cidr[] | undefined;

  constructor(match: MatchDefinition | undefined) {
    this.#users = match?.users?.flatMap((pattern) => parseWildcard(pattern) ?? []);
    this.#schemas = match?.schemas?.flatMap((pattern) => parseWildcard(pattern, true) ?? []);
    this.#targets = match?.targets?.flatMap((pattern) => parseWildcard(pattern, true) ?? []);
    this.#workloads = match?.workloads?.flatMap((pattern) => parseWildcard(pattern, true) ?? []);
    this.#clients = match?.clients?.flatMap((text) => {
      const range = parseCidr(text);
      return "problem" in range ? [] : [range];
    });
  }

  /** What is given must all match, and one of each list; nothing given matches everyone. */
  matches({ user, schema, target, workload = DEFAULT_WORKLOAD }: MatchedSubject, client: Client): boolean {
    if (this.#users !== undefined && !this.#users.some((pattern) => pattern.matches(user))) return false;
    if (this.#schemas !== undefined && !this.#schemas.some((pattern) => matchesSchema(pattern, schema))) {
      return false;
    }
    if (
      this.#targets !== undefined &&
      (target === undefined || !this.#targets.some((pattern) => pattern.matches(target)))
    ) return false;
    // A workload that cannot be told may be any.
    if (
      this.#workloads !== undefined && workload !== "" &&
      !this.#workloads.some((pattern) => pattern.matches(workload))
    ) return false;
    if (this.#clients === undefined) return true;
    const { address } = client;
    return address !== undefined && this.#clients.some((range) => cidrContains(range, address));
  }
}

/** A client's address, read once for all roles, and only where one asks. */
export class Client {
  readonly #text: string;
  #address: AddressGroups | undefined | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  get address(): AddressGroups | undefined {
    if (this.#address === null) this.#address = parseAddress(this.#text);
    return this.#address;
  }
}
