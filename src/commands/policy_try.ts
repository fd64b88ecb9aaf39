import { parseAddress } from "../base/cidr.ts";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { wrapText } from "../base/text_width.ts";
import { TextReading } from "../gate/text_reading.ts";
import { escapeTerminal } from "../lint/formats/escape.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";
import type { Policy, PolicyDecision, Role, Subject } from "../risk/policy/policy.ts";
import { TextJudge } from "../risk/text_judge.ts";
import { SessionSettings } from "../sql/session_settings.ts";
import { StatementReader } from "../sql/statement_reader.ts";
import type { CommandContext, Output } from "./context.ts";
import { loadPolicy } from "./load_policy.ts";

/** Options of `querycop policy test`. */
export interface TestPolicyOptions {
  /** A path, or `built-in`. */
  readonly file: string;
  /** One text, as a client sends it. Where undefined, standard input, each of whose statements is a text of its own. */
  readonly sql: string | undefined;
  readonly user: string;
  /** Current schema; empty for none. */
  readonly schema: string;
  /** Address of the client. */
  readonly client: string;
  /** As SET sql_mode takes it. */
  readonly sqlMode: string | undefined;
  /** As a server's greeting has it. */
  readonly serverVersion: string;
  readonly planetScale: boolean;
}

/** One statement of the text, with what the policy says of it. */
interface Tried {
  readonly judged: JudgedStatement;
  readonly schema: string;
  /** Another way in which the server may read the text, since its settings are in doubt. */
  readonly alternative: boolean;
  readonly role: Role;
  readonly decision: PolicyDecision;
}

const SEVERITY = { allow: 0, warn: 1, hold: 2, refuse: 3 } as const;
/** utf8mb4, as clients of today log in. */
const COLLATION = 45;

/** Says what would become of a text, statement by statement. Exit code 1 where some would be held or refused. */
export async function tryPolicy(options: TestPolicyOptions, context: CommandContext): Promise<ExitCode> {
  if (parseAddress(options.client) === undefined) {
    throw new UsageError(`--client is "${options.client}", which is not an IP address`, {
      hint: "Write one such as 10.1.2.3 or 2001:db8::1",
    });
  }
  const path = options.file === "built-in" ? undefined : options.file;
  const { policy } = loadPolicy(path, { planetScale: options.planetScale });
  const judge = new TextJudge(policy.riskOptions(options.serverVersion));
  const session = new TriedSession(judge, policy, options);
  const tried: Tried[] = [];
  if (options.sql !== undefined) tried.push(...session.read(new TextEncoder().encode(options.sql)));
  else {
    const bytes = new Uint8Array(await new Response(context.stdin.stream()).arrayBuffer());
    for (const text of session.split(bytes)) tried.push(...session.read(text));
  }
  if (tried.length === 0) {
    throw new UsageError("There is no statement in this text", {
      hint: "Quote the SQL: querycop policy test policy.yaml --user app 'DELETE FROM t'",
    });
  }
  const worst = tried.reduce((a, b) => (SEVERITY[b.decision.action] > SEVERITY[a.decision.action] ? b : a));
  if (context.format === "json") printJson(policy.source, worst, tried, context.stdout);
  else {
    print(policy.source, tried, context.stdout);
    if (options.sql !== undefined && tried.length > 1) printTogether(worst, context.stdout);
  }
  return SEVERITY[worst.decision.action] >= SEVERITY.hold ? EXIT_CODES.findings : EXIT_CODES.ok;
}

/** What a session's earlier statements leave for the later ones. */
class TriedSession {
  readonly #judge: TextJudge;
  readonly #policy: Policy;
  #settings: SessionSettings;
  /** Effects of the statements that PREPARE has named. */
  #prepares = 0;
  #subject: Subject;

  constructor(judge: TextJudge, policy: Policy, options: TestPolicyOptions) {
    const { serverVersion, sqlMode, user, schema, client } = options;
    this.#judge = judge;
    this.#policy = policy;
    this.#settings = new SessionSettings({ serverVersion, collation: COLLATION, ignoreSpace: false });
    if (sqlMode !== undefined) this.#settings.applyVariable("sql_mode", sqlMode);
    this.#subject = { user, schema, client };
  }

  /** The statements of a file, DELIMITER included, as the mysql client sends them one by one. */
  *split(bytes: Uint8Array): Generator<Uint8Array> {
    const reader = new StatementReader({ ...this.#settings.options, clientFile: true });
    for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
      yield bytes.subarray(reader.start, reader.end);
      if (reader.resumeAt >= bytes.length) return;
    }
  }

  /** Goes through one text, whose role is that of the session as the text arrives. */
  *read(bytes: Uint8Array): Generator<Tried> {
    const role = this.#policy.roleFor(this.#subject);
    const reading = new TextReading(this.#judge, this.#prepares, false);
    const after = reading.read(bytes, this.#settings, this.#subject.schema);
    if (reading.tooAmbiguous) {
      throw new UsageError("This text could be read in too many ways, and serve refuses it for that", {
        hint: "Set sql_mode to a value that can be told before statements that depend on it",
      });
    }
    let worst: number = SEVERITY.allow;
    for (const { judged, schema, alternative } of reading.parts) {
      const decision = role.decide(judged, schema, undefined);
      const severity = SEVERITY[decision.action];
      // Of the other ways to read it, those that make things worse are worth a line.
      if (!alternative || severity > worst) yield { judged, schema, alternative, role, decision };
      worst = Math.max(worst, severity);
    }
    this.#settings = after.settings;
    this.#prepares = reading.prepares;
    this.#subject = { ...this.#subject, schema: after.schema };
  }
}

const OUTCOMES = {
  allow: "runs",
  warn: "runs, with a warning",
  hold: "is held",
  refuse: "is refused",
} as const;

function print(source: string, tried: readonly Tried[], output: Output): void {
  const { style } = output;
  let last: Role | undefined;
  for (const [index, { judged, decision, role, alternative }] of tried.entries()) {
    if (index > 0) output.line();
    if (role !== last) {
      output.line(`${style.bold(`role ${role.name}`)} ${style.dim(`of ${source}`)}`);
      output.line();
      last = role;
    }
    const number = tried.length === 1 ? "" : `${index + 1}. `;
    output.line(style.bold(`${number}${escapeTerminal(judged.shape.normalised)}`));
    if (alternative) output.line("  or so, since the session's settings are in doubt:");
    output.line(`  ${paint(decision.action, output)}${decision.reason === "" ? "" : `: ${decision.reason}`}`);
    for (const { rule, score, message } of judged.findings) {
      const left = decision.findings.some((finding) => finding.rule === rule) ? "" : " (allowed)";
      output.line(`  ${String(score).padStart(5)}  ${rule.code} ${rule.name}${left}`);
      const room = Math.max(30, Math.min(output.columns, 100) - 9);
      for (const line of wrapText(escapeTerminal(message), room)) output.line(`         ${line}`);
      if (rule !== decision.decidedBy?.rule) continue;
      for (const line of wrapText(rule.fix, room)) output.line(style.dim(`         ${line}`));
    }
  }
}

function printTogether({ decision: { action } }: Tried, output: Output): void {
  const whole = action === "refuse" || action === "hold";
  output.line();
  output.line(`Sent as one text, ${whole ? "all of it" : "it"} ${OUTCOMES[action]}`);
}

function paint(action: PolicyDecision["action"], { style }: Output): string {
  const text = OUTCOMES[action];
  switch (action) {
    case "refuse":
      return `${style.red(style.marks.fail)} ${style.red(text)}`;
    case "hold":
      return `${style.yellow(style.marks.warn)} ${style.yellow(text)}`;
    case "warn":
      return `${style.yellow(style.marks.warn)} ${style.yellow(text)}`;
    case "allow":
      return `${style.green(style.marks.pass)} ${style.green(text)}`;
  }
}

function printJson(source: string, worst: Tried, tried: readonly Tried[], output: Output): void {
  const statements = tried.map(({ judged, schema, role, decision, alternative }) => ({
    role: role.name,
    kind: judged.kind,
    normalised: judged.shape.normalised,
    digest: judged.digest,
    schema,
    ...(alternative ? { alternative } : {}),
    action: decision.action,
    reason: decision.reason,
    score: decision.score,
    findings: judged.findings.map(({ rule, score, message }) => ({
      code: rule.code,
      name: rule.name,
      score,
      message,
      fix: rule.fix,
      allowed: !decision.findings.some((finding) => finding.rule === rule),
    })),
  }));
  const { action, reason } = worst.decision;
  output.line(
    JSON.stringify(
      { schema: "querycop.policy-test/1", source, role: worst.role.name, action, reason, statements },
      undefined,
      2,
    ),
  );
}
