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
  /** Delete though nothing tells that a sink which cannot be read has the pair. */
  readonly trustSinks: boolean;
  /** How long applications may take to move over. */
  readonly waitMs: number;
  /** Pause between two looks. */
  readonly pollMs: number;
}

/** What a rotation is to do, as far as it is given; `undefined` leaves it as it is, or as it is by default. */
export interface RotateSettingsOptions {
  /** `--to`, as given. */
  readonly to: readonly string[] | undefined;
  /** `--read-back`, as given. */
  readonly readBack: readonly string[] | undefined;
  /** Names of the variables in an env-file. */
  readonly envUsername: string | undefined;
  readonly envPassword: string | undefined;
  readonly envUrl: string | undefined;
  /** `--on-recycle`, as given. */
  readonly onRecycle: readonly string[] | undefined;
  /** URLs of admin APIs. */
  readonly querycops: readonly string[] | undefined;
  /** `HOST[:PORT]` where applications reach querycop. */
  readonly through: readonly string[] | undefined;
  readonly quietMs: number | undefined;
}

/** Options of `querycop rotate`. */
export interface RotateOptions extends RotateCommonOptions, RotateSettingsOptions {
  readonly organization: string | undefined;
  readonly database: string | undefined;
  readonly branch: string | undefined;
  readonly passwordId: string | undefined;
  readonly username: string | undefined;
  /** Print what would be done, and do nothing. */
  readonly plan: boolean;
}

/** What `querycop rotate resume` and `abort` are told alike. */
export interface RotateRunOptions extends RotateCommonOptions {
  /** The only unfinished run where it is left out. */
  readonly runId: string | undefined;
}

/** Options of `querycop rotate resume`. */
export interface RotateResumeOptions extends RotateRunOptions, RotateSettingsOptions {}

/** Options of `querycop rotate abort`. */
export interface RotateAbortOptions extends RotateRunOptions {
  /** Close the run and delete nothing. */
  readonly force: boolean;
}

/** Options of `querycop rotate status`. */
export interface RotateStatusOptions {
  readonly config: ConfigInput;
  /** Every run where it is left out. */
  readonly runId: string | undefined;
}
