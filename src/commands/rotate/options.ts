import type { ConfigInput } from "../../config/mod.ts";

/** What every command of `rotate` that speaks with PlanetScale is told. */
export interface RotateCommonOptions {
  readonly config: ConfigInput;
  /** Base of PlanetScale's API; the public one where it is left out. */
  readonly apiUrl: string | undefined;
  /** PEM file of the authorities to trust for it; the system's bundle where it is left out. */
  readonly apiCaFile: string | undefined;
  /** File that holds the old password. */
  readonly oldPasswordFile: string | undefined;
  /** File that the report goes to in place of standard output. */
  readonly outputFile: string | undefined;
  /** Ask nothing before deleting. */
  readonly yes: boolean;
  /** How long applications may take to move over. */
  readonly waitMs: number;
  /** Pause between two looks. */
  readonly pollMs: number;
}

/** Options of `querycop rotate`. */
export interface RotateOptions extends RotateCommonOptions {
  readonly organization: string | undefined;
  readonly database: string | undefined;
  readonly branch: string | undefined;
  readonly passwordId: string | undefined;
  readonly username: string | undefined;
  /** `--to`, as given. */
  readonly to: readonly string[];
  /** Names of the variables in an env-file. */
  readonly envUsername: string;
  readonly envPassword: string;
  /** `--on-recycle`, as given. */
  readonly onRecycle: readonly string[];
  /** URLs of admin APIs. */
  readonly querycops: readonly string[];
  /** `HOST[:PORT]` where applications reach querycop. */
  readonly through: readonly string[];
  readonly quietMs: number;
  /** Print what would be done, and do nothing. */
  readonly plan: boolean;
}

/** Options of `querycop rotate resume` and `abort`. */
export interface RotateRunOptions extends RotateCommonOptions {
  /** The only unfinished run where it is left out. */
  readonly runId: string | undefined;
}

/** Options of `querycop rotate status`. */
export interface RotateStatusOptions {
  readonly config: ConfigInput;
  /** Every run where it is left out. */
  readonly runId: string | undefined;
}
