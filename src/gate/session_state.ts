import { parseLoginName } from "../base/vitess_target.ts";
import type { CommandOutcome, SessionView } from "../proxy/decision.ts";
import type { Policy, Role } from "../risk/policy/policy.ts";
import { DEFAULT_SQL_OPTIONS, inSchema, type SqlOptions } from "../sql/options.ts";
import { type ServerDefaults, SessionSettings } from "../sql/session/settings.ts";
import type { GateJudge, Part } from "./statement_decision.ts";
import { NOTHING_NAMED } from "./named_statements.ts";
import type { After, SessionTexts } from "./text_reading.ts";

/** What of a session decides on its role beside who it is. */
export type Place = Pick<Part, "schema" | "workload">;

/** What a session's state takes from its gate. */
export interface SessionStateOptions {
  readonly epoch: number;
  /** What all sessions know of the server's defaults. */
  readonly defaults: ServerDefaults;
}

/** What a gate follows of one session. */
export class SessionState {
  settings: SessionSettings;
  /** By what the session's statements are judged, and in which epoch of the gate that was chosen. */
  judge: GateJudge;
  epoch: number;
  /** Effects of the texts that the session has named by PREPARE. */
  prepares = 0;
  /** What they are. */
  named = NOTHING_NAMED;

  #schema: string;
  /** What the proxy said last, to tell its news from our own. */
  #seenSchema: string;
  /** What else may be current: a text that used several schemas has failed somewhere, or may be read in several ways. */
  #others: readonly string[] = [];
  #options: SqlOptions = DEFAULT_SQL_OPTIONS;
  /** What {@link sqlOptions} were made of last. */
  #optionsFrom: SqlOptions | undefined;
  #optionsSchema = "";
  #role: Role | undefined;
  #roleUser = "";
  #roleWorkload = "";
  #place: Place = { schema: "", workload: "" };
  #roleSchema = "";
  #rolePolicy: Policy | undefined;

  constructor(session: SessionView, judge: GateJudge, { epoch, defaults }: SessionStateOptions) {
    const { workload } = parseLoginName(session.user);
    this.settings = new SessionSettings({
      defaults,
      serverVersion: session.serverVersion,
      collation: session.collation,
      ignoreSpace: session.ignoreSpace,
      workload,
    });
    this.judge = judge;
    this.epoch = epoch;
    this.#schema = this.#seenSchema = session.schema;
  }

  /** Current schema: the proxy's word, and a USE that it was not told of. */
  schema(session: SessionView): string {
    if (session.schema !== this.#seenSchema) this.#isIn(session.schema);
    return this.#schema;
  }

  /** Where the session is now. */
  place(session: SessionView): Place {
    const schema = this.schema(session);
    const { workload } = this.settings;
    if (this.#place.schema !== schema || this.#place.workload !== workload) {
      this.#place = { schema, workload };
    }
    return this.#place;
  }

  /** How the next text is read: by the settings, in the current schema. */
  sqlOptions(session: SessionView): SqlOptions {
    const schema = this.schema(session);
    const { options } = this.settings;
    if (this.#optionsFrom !== options || this.#optionsSchema !== schema) {
      this.#options = inSchema(options, schema);
      this.#optionsFrom = options;
      this.#optionsSchema = schema;
    }
    return this.#options;
  }

  /** Schemas that may be the current one in place of {@link schema}, as it was last asked for. */
  get otherSchemas(): readonly string[] {
    return this.#others;
  }

  /** {@link schema} as it was last asked for. */
  get currentSchema(): string {
    return this.#schema;
  }

  /** The role of the session in a schema and with a workload. */
  role(policy: Policy, session: SessionView, { schema, workload }: Place): Role {
    if (
      this.#role === undefined || this.#rolePolicy !== policy || this.#roleSchema !== schema ||
      this.#roleUser !== session.user || this.#roleWorkload !== workload
    ) {
      this.#role = policy.roleFor({
        user: session.user,
        schema,
        client: session.client.host,
        server: session.serverVersion,
        workload,
      });
      this.#rolePolicy = policy;
      this.#roleSchema = schema;
      this.#roleUser = session.user;
      this.#roleWorkload = workload;
    }
    return this.#role;
  }

  /** Takes over what a text was to change, by how it ended; `whole`: an error means that nothing of it happened. */
  settle(
    { after, prepares, named, whole }: SessionTexts & { readonly after: After; readonly whole: boolean },
    outcome: CommandOutcome,
  ): void {
    this.prepares |= prepares;
    // Of several statements those before a failed one have run.
    this.named = outcome.result === "ok" ? named : this.named.or(named);
    if (outcome.result === "ok") {
      this.settings = after.settings === this.settings ? this.settings : after.settings;
      if (after.uses.length > 0) {
        this.#schema = after.schema;
        this.#others = [];
        this.#mayBeIn(after.others);
      }
    } else if (!whole || outcome.result !== "error") {
      this.settings.blur(after.settings);
      this.#mayBeIn(after.uses);
    }
  }

  /** Takes over what the server reported with a response. */
  heard(outcome: CommandOutcome): void {
    for (const change of outcome.tracked) {
      if (change.kind === "variable") this.settings.applyVariable(change.name, change.value);
    }
    this.settings.applyStatus(outcome.status);
  }

  /** COM_RESET_CONNECTION has succeeded. */
  reset(): void {
    this.settings.reset();
    this.#deallocate();
  }

  /** COM_CHANGE_USER has succeeded. */
  changeUser(session: SessionView): void {
    this.settings.changeUser(session.collation);
    this.#deallocate();
    this.#isIn(session.schema);
  }

  #deallocate(): void {
    this.prepares = 0;
    this.named = NOTHING_NAMED;
  }

  #isIn(schema: string): void {
    this.#schema = this.#seenSchema = schema;
    this.#others = [];
  }

  #mayBeIn(schemas: readonly string[]): void {
    if (schemas.length === 0) return;
    const others = new Set([...this.#others, ...schemas]);
    others.delete(this.#schema);
    // Past that, none in particular: rules on tables take a name without a known schema for one of any.
    this.#others = others.size <= MOST_OTHERS ? [...others] : [...[...others].slice(0, MOST_OTHERS), ""];
  }
}

/** Schemas kept that a session may be in. */
const MOST_OTHERS = 8;
