import type { Conversation } from "../conversation.ts";
import type { Flavour } from "../installation.ts";
import { bytes } from "../bytes.ts";

/**
 * One way. The schema `shop` has the tables `victim`, which nobody may empty, and `secrets`, which the policy denies.
 * Its effect: `victim` is empty or gone, or the secret comes back.
 */
export interface Evasion {
  readonly name: string;
  /** Servers that it works on; both where it is missing. */
  readonly on?: Flavour;
  readonly capabilities?: number;
  readonly collation?: number;
  /** Who logs in; `app` where it is missing. `guest`, with the same password, is under no rule for tables. */
  readonly user?: string;
  /** Current schema of the login; `shop` where it is missing. */
  readonly schema?: string;
  readonly run: (talk: Conversation) => Promise<unknown>;
}

/** A text that is one statement of its own. */
export function text(sql: string | Uint8Array, on?: Flavour): Evasion {
  const shown = typeof sql === "string" ? sql : new TextDecoder("latin1").decode(sql);
  return {
    name: `text ${JSON.stringify(shown.length > 90 ? `${shown.slice(0, 90)}...` : shown)}`,
    run: (talk) => talk.send(sql),
    ...(on === undefined ? {} : { on }),
  };
}

/** Texts one after the other in one session. */
export function texts(...sql: readonly string[]): Evasion {
  return { name: `texts ${JSON.stringify(sql)}`, run: (talk) => talk.send(...sql) };
}

export function onMariadb(evasion: Evasion): Evasion {
  return { ...evasion, on: "mariadb" };
}

export function onMysql(evasion: Evasion): Evasion {
  return { ...evasion, on: "mysql" };
}

/** A COM_STMT_PREPARE. */
export function prepareCommand(sql: string): Uint8Array {
  return bytes(0x16, sql);
}
