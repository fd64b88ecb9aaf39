import { visible } from "../base/visible.ts";
import type { Overrides } from "../contract/override.ts";
import { parseAddress } from "../base/cidr.ts";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { wrapText } from "../base/text_width.ts";
import { SEVERITY, TriedSession, type TriedStatement, worstOf } from "../gate/tried_session.ts";
import type { PolicyDecision, Role } from "../risk/policy/policy.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";
import { StoreError } from "../store/store_error.ts";
import type { CommandContext, Output } from "./context.ts";
import { withDataDirectory } from "./data_directory.ts";
import { loadPolicy } from "../serve/load_policy.ts";

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
  /** Where learned statements are, for roles with `only: learned`. */
  readonly dataDir: string;
}

/** Says what would become of a text, statement by statement. Exit code 1 where some would be held or refused. */
export async function tryPolicy(options: TestPolicyOptions, context: CommandContext): Promise<ExitCode> {
  if (parseAddress(options.client) === undefined) {
    throw new UsageError(`--client is "${options.client}", which is not an IP address`, {
      hint: "Write one such as 10.1.2.3 or 2001:db8::1",
    });
  }
  const path = options.file === "built-in" ? undefined : options.file;
  const { policy } = loadPolicy(path, { planetScale: options.planetScale });
  const learned = policy.roles.some(({ onlyLearned }) => onlyLearned)
    ? learnedIn(options.dataDir, context)
    : {};
  const session = new TriedSession(policy, { ...options, learned });
  const tried: TriedStatement[] = [];
  for await (const text of options.sql === undefined ? split(context, session) : [encode(options.sql)]) {
    const { statements, refused } = session.read(text);
    if (refused !== undefined) {
      throw new UsageError(`serve refuses this text: ${refused}`, {
        hint: "Write the statements that depend on sql_mode into a text of their own",
      });
    }
    tried.push(...statements);
  }
  const worst = worstOf(tried);
  if (worst === undefined) {
    throw new UsageError("There is no statement in this text", {
      hint: "Quote the SQL: querycop policy test policy.yaml --user app 'DELETE FROM t'",
    });
  }
  if (context.format === "json") printJson(policy.source, worst, tried, context.stdout);
  else {
    print(policy.source, tried, context.stdout);
    if (options.sql !== undefined && tried.length > 1) printTogether(worst, context.stdout);
  }
  return SEVERITY[worst.decision.action] >= SEVERITY.hold ? EXIT_CODES.findings : EXIT_CODES.ok;
}

function learnedIn(dataDir: string, context: CommandContext): Overrides["learned"] {
  try {
    return withDataDirectory(dataDir, ({ database }) => database.overrides().learned);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== "missing") throw error;
    context.warn(
      `Nothing has been learned in ${dataDir}`,
      "Name the data directory of the server with --data-dir",
    );
    return {};
  }
}

/** The statements of standard input, DELIMITER included, as the mysql client sends them one by one. */
async function* split({ stdin }: CommandContext, session: TriedSession): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(await new Response(stdin.stream()).arrayBuffer());
  const reader = new StatementReader({ ...session.settings.options, clientFile: true });
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    yield bytes.subarray(reader.start, reader.end);
    if (reader.resumeAt >= bytes.length) return;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const OUTCOMES = {
  allow: "runs",
  warn: "runs, with a warning",
  hold: "is held",
  refuse: "is refused",
} as const;

function print(source: string, tried: readonly TriedStatement[], output: Output): void {
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
    output.line(style.bold(`${number}${visible(judged.shape.normalised)}`));
    if (alternative) output.line("  or so, since the session's settings are in doubt:");
    output.line(`  ${paint(decision.action, output)}${decision.reason === "" ? "" : `: ${decision.reason}`}`);
    for (const { rule, score, message } of judged.findings) {
      const left = decision.findings.some((finding) => finding.rule === rule) ? "" : " (allowed)";
      output.line(`  ${String(score).padStart(5)}  ${rule.code} ${rule.name}${left}`);
      const room = Math.max(30, Math.min(output.columns, 100) - 9);
      for (const line of wrapText(visible(message), room)) output.line(`         ${line}`);
      if (rule !== decision.decidedBy?.rule) continue;
      for (const line of wrapText(rule.fix, room)) output.line(style.dim(`         ${line}`));
    }
  }
}

function printTogether({ decision: { action } }: TriedStatement, output: Output): void {
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

function printJson(
  source: string,
  worst: TriedStatement,
  tried: readonly TriedStatement[],
  output: Output,
): void {
  const statements = tried.map(({ judged, schema, role, decision, alternative }) => ({
    role: role.name,
    kind: judged.kind,
    normalized: judged.shape.normalised,
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
      { schema: "querycop.policy-test/2", source, role: worst.role.name, action, reason, statements },
      undefined,
      2,
    ),
  );
}
