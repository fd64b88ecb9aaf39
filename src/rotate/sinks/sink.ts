import type { Secret } from "../../base/secret.ts";
import type { BranchTarget } from "../state.ts";

/** A password with what it belongs to, on its way to where applications read it. */
export interface Pair extends BranchTarget {
  readonly runId: string;
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly password: Secret;
  /** Host that PlanetScale names for it. */
  readonly host: string | null;
  /** Usernames that this pair replaces, by which a connection string in the sink is recognized. */
  readonly replaces: readonly string[];
}

/**
 * How it is known that a sink holds a pair: `read`, it can be read back; `deliver`, it gets the pair again and confirms
 * it; `none`, only a person or an application that logs in can tell.
 */
export type SinkProof = "read" | "deliver" | "none";

/** Where a new pair goes. */
export interface Sink {
  /** For people: `env-file /srv/app/.env`. */
  readonly name: string;
  /** Applications read it by themselves, so that an old pair can be put back there. */
  readonly keeps: boolean;
  readonly proof: SinkProof;
  /** Fails, before anything is made, where a delivery would: a directory that is not there, no terminal. */
  check(): Promise<void>;
  /**
   * Resolves once the sink has the pair; throws `QuerycopError` where it did not confirm. A sink that runs a program
   * says its process id, and gives it the pair once `started` has resolved.
   */
  deliver(pair: Pair, signal: AbortSignal, started: (pid: number) => Promise<void>): Promise<void>;
  /** What a person should know before: places in the sink that name the old user and will not change. */
  remarks?(username: string): Promise<readonly string[]>;
  /**
   * The password that the sink holds for this username, where `proof` is `read`. `undefined`: none, or not everywhere, or
   * one of the `retired` usernames stands beside it. Throws `QuerycopError` where the sink cannot be read.
   */
  recall?(username: string, retired: readonly string[], signal: AbortSignal): Promise<Secret | undefined>;
}

/** The pair as one line of JSON, schema `querycop.credentials/1`. The only place where it becomes text. */
export function pairDocument(pair: Pair): string {
  return JSON.stringify({
    schema: "querycop.credentials/1",
    run: pair.runId,
    organization: pair.organization,
    database: pair.database,
    branch: pair.branch,
    id: pair.id,
    name: pair.name,
    host: pair.host,
    username: pair.username,
    password: pair.password.reveal(),
  });
}
