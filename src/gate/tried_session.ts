import { parseLoginName } from "../base/vitess_target.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";
import type { Policy, PolicyDecision, Role, Subject } from "../risk/policy/policy.ts";
import { TextJudge } from "../risk/text_judge.ts";
import { SessionSettings } from "../sql/session/settings.ts";
import type { GateJudge } from "./statement_decision.ts";
import { NOTHING_NAMED } from "./named_statements.ts";
import { type SessionTexts, TextReading, TOO_AMBIGUOUS } from "./text_reading.ts";

/** Who is taken to send texts that nobody runs. */
export interface TriedSubject extends Subject {
  /** As a server's greeting has it. */
  readonly serverVersion: string;
  /** As SET sql_mode takes it; the server's default where undefined. */
  readonly sqlMode?: string | undefined;
  /** Learned digests by role; none where undefined. */
  readonly learned?: Readonly<Record<string, readonly string[]>>;
}

/** One statement of a text, with what the policy says of it. */
export interface TriedStatement {
  readonly judged: JudgedStatement;
  /** Current schema as it would run. */
  readonly schema: string;
  readonly role: Role;
  readonly decision: PolicyDecision;
  /** Another way in which the server may read the text, since the session's settings are in doubt. */
  readonly alternative: boolean;
}

/** A text, read as a session's would be. */
export interface TriedText {
  readonly statements: readonly TriedStatement[];
  /** Why all of it is refused, whatever the policy says. */
  readonly refused: string | undefined;
}

/** How far actions go. */
export const SEVERITY: Readonly<Record<PolicyDecision["action"], number>> = {
  allow: 0,
  warn: 1,
  hold: 2,
  refuse: 3,
};

/** utf8mb4, as clients of today log in. */
const COLLATION = 45;
/** Shapes that the judge keeps: a text has few. */
const SHAPES = 64;

/** A session that is only tried: its texts are judged as the gate would, each after those before it, and none runs. */
export class TriedSession {
  readonly #policy: Policy;
  readonly #judge: GateJudge;
  readonly #learned: ReadonlyMap<string, ReadonlySet<string>>;
  #settings: SessionSettings;
  /** What PREPARE has named. */
  #texts: SessionTexts = { prepares: 0, named: NOTHING_NAMED };
  #subject: Subject;

  constructor(policy: Policy, subject: TriedSubject) {
    const { user, schema, client, serverVersion, sqlMode, learned = {} } = subject;
    this.#policy = policy;
    this.#learned = new Map(Object.entries(learned).map(([role, digests]) => [role, new Set(digests)]));
    this.#judge = new TextJudge(policy.riskOptions(serverVersion), SHAPES);
    this.#settings = new SessionSettings({
      serverVersion,
      collation: COLLATION,
      ignoreSpace: false,
      workload: parseLoginName(user).workload,
    });
    if (sqlMode !== undefined) this.#settings.applyVariable("sql_mode", sqlMode);
    this.#subject = { user, schema, client, server: serverVersion };
  }

  /** How the next text is read. */
  get settings(): SessionSettings {
    return this.#settings;
  }

  /** Goes through one text. Of other ways to read it, those that make things worse are among its statements. */
  read(bytes: Uint8Array): TriedText {
    const reading = new TextReading(this.#judge, this.#texts, false);
    const after = reading.read(bytes, this.#settings, this.#subject.schema);
    const statements: TriedStatement[] = [];
    let worst = 0;
    for (const { judged, schema, workload, alternative } of reading.parts) {
      const role = this.#policy.roleFor({ ...this.#subject, schema, workload });
      const decision = role.decide(judged, schema, this.#learned.get(role.name));
      const severity = SEVERITY[decision.action];
      if (!alternative || severity > worst) statements.push({ judged, schema, role, decision, alternative });
      worst = Math.max(worst, severity);
    }
    this.#settings = after.settings;
    this.#texts = { prepares: reading.prepares, named: reading.named };
    this.#subject = { ...this.#subject, schema: after.schema };
    return { statements, refused: reading.tooAmbiguous ? TOO_AMBIGUOUS : undefined };
  }
}

/** The statement that decides on a text of several; undefined for none. */
export function worstOf(statements: readonly TriedStatement[]): TriedStatement | undefined {
  return statements.reduce<TriedStatement | undefined>((a, b) => {
    if (a === undefined) return b;
    const difference = SEVERITY[b.decision.action] - SEVERITY[a.decision.action];
    return difference > 0 || difference === 0 && b.decision.score > a.decision.score ? b : a;
  }, undefined);
}
