import * as z from "zod";

/** The steps in their order, by the names that reports and the saved state use. */
export const STEP_IDS = ["preflight", "create", "deliver", "verify", "recycle", "delete", "report"] as const;
export type StepId = typeof STEP_IDS[number];

/** Names the form of a saved state. `migrate_state.ts` reads those of every release. */
export const STATE_SCHEMA = "querycop.rotation-state/2";

/** Form of a run's id, which is part of file names. */
export const RUN_ID = /^[a-z0-9]{8}$/;

/** What is kept of the old password: enough to make its like, and to know it again. */
const passwordFacts = z.strictObject({
  id: z.string().min(1),
  name: z.string().nullable(),
  username: z.string().min(1),
  role: z.string().nullable(),
  cidrs: z.array(z.string()),
  replica: z.boolean(),
  directVtgate: z.boolean(),
  /** 0: never expires. */
  ttlSeconds: z.number(),
  createdAt: z.string().nullable(),
  /** Host that its clients are told to connect to. */
  host: z.string().nullable(),
});

/** Times of one of this rotation's own logins, by the API's clock; `until` is null while it lasts. */
const ownLogin = z.strictObject({ from: z.string(), until: z.string().nullable() });

const settings = z.strictObject({
  /** As given to `--to`. */
  sinks: z.array(z.string()),
  /** The command of `--read-back` for each of them; null for those that have none. */
  readBack: z.array(z.string().nullable()),
  envNames: z.strictObject({ username: z.string(), password: z.string(), url: z.string().nullable() }),
  /** As given to `--on-recycle`. */
  onRecycle: z.array(z.string()),
  /** URLs of admin APIs. */
  querycops: z.array(z.string()),
  /** `HOST:PORT` where applications reach querycop. */
  through: z.array(z.string()),
  quietMs: z.number(),
});

const made = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  username: z.string().min(1),
  host: z.string().nullable(),
  createdAt: z.string().nullable(),
  /** Set before the first sink is given the pair: from then on somebody may use it. */
  offered: z.boolean(),
  /** Indices into `settings.sinks` of those that confirmed. */
  deliveredTo: z.array(z.number()),
  verifiedAt: z.string().nullable(),
  /** Uses that are this rotation's own and say nothing of applications. */
  ownLogins: z.array(ownLogin),
  /** Somebody else was seen to have used it. */
  taken: z.boolean(),
});

const superseded = z.strictObject({
  id: z.string().min(1),
  username: z.string().min(1),
  /** Why another was made in its place. */
  why: z.string(),
  ownLogins: z.array(ownLogin),
});

const event = z.strictObject({
  at: z.string(),
  step: z.enum(STEP_IDS),
  text: z.string(),
});

/** The saved state of a rotation. There is no secret in it. */
export const stateSchema = z.strictObject({
  schema: z.literal(STATE_SCHEMA),
  runId: z.string().regex(RUN_ID),
  startedAt: z.string(),
  updatedAt: z.string(),
  /** Id of the service token, which is no secret. */
  tokenId: z.string(),
  apiUrl: z.string(),
  target: z.strictObject({ organization: z.string(), database: z.string(), branch: z.string() }),
  settings,
  old: passwordFacts,
  /** First part of the new password's name; the number of a later attempt follows. */
  name: z.string(),
  /** How many times a password was asked for, counted before it is. */
  attempts: z.number(),
  /** The step that is under way. */
  step: z.enum(STEP_IDS),
  /** The new password, from the moment its id is known. */
  current: made.nullable(),
  /** Passwords of this run that may be in use and were replaced: they go with the old one. */
  superseded: z.array(superseded),
  /** A command that is being given the pair: it may outlive the process that started it. */
  program: z.strictObject({ pid: z.number(), startedAt: z.string() }).nullable(),
  /** How many of the hooks of `--on-recycle` ended well. */
  hooksDone: z.number(),
  /** When the quiet period was over, and `last_used_at` by id as it was then. */
  quiet: z.strictObject({ passedAt: z.string(), lastUsedAt: z.record(z.string(), z.string().nullable()) })
    .nullable(),
  deletion: z.strictObject({
    requestedAt: z.string(),
    deletedAt: z.string().nullable(),
    /** Whether the old pair was seen to be refused; `unknown` where it was not known. */
    refused: z.enum(["yes", "unknown"]).nullable(),
  }).nullable(),
  /** Why the process before stopped; gone once another goes on. */
  stopped: z.strictObject({ at: z.string(), step: z.enum(STEP_IDS), message: z.string() }).nullable(),
  outcome: z.enum(["running", "done", "aborted"]),
  events: z.array(event),
});

/** A rotation as it is saved and as the steps see it. */
export type RotationState = z.infer<typeof stateSchema>;
export type RotationSettings = RotationState["settings"];
export type OwnLogin = z.infer<typeof ownLogin>;
export type NewPassword = NonNullable<RotationState["current"]>;

/** A branch of a database. */
export type BranchTarget = RotationState["target"];

/** `organization/database/branch`, as messages and confirmations have it. */
export function formatTarget({ organization, database, branch }: BranchTarget): string {
  return `${organization}/${database}/${branch}`;
}

/** Eight characters that tell this run from others. */
export function makeRunId(random: Uint8Array = crypto.getRandomValues(new Uint8Array(8))): string {
  return Array.from(random, (byte) => RUN_ID_ALPHABET[byte % RUN_ID_ALPHABET.length]).join("");
}

/** No vowels, hence no words; 32 of them, hence each as likely. */
const RUN_ID_ALPHABET = "bcdfghjklmnpqrstvwxz0123456789" + "yu";
