import type { Approval, HeldPart, HeldText } from "../contract/approval.ts";
import { formatDurationMs } from "../base/duration.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { textWidth } from "../base/text_width.ts";
import { pause } from "../base/pause.ts";
import { visible, visibleLines } from "../base/visible.ts";
import { adminClient, type AdminTarget, defaultBy } from "./admin_client.ts";
import type { CommandContext, Style } from "./context.ts";

/** How often `watch` asks, in ms: well under what one address may. */
const WATCH_PAUSE_MS = 1000;

/** Options of `querycop approvals list`. */
export interface ListApprovalsOptions extends AdminTarget {
  /** A state, or `all`. */
  readonly state: string;
  readonly limit: number;
}

/** Options of `querycop approvals approve` and `reject`. */
export interface DecideOptions extends AdminTarget {
  readonly id: string;
  readonly reason: string;
  readonly by?: string | undefined;
  /** Lets the statement's shape pass for its role, for so long. */
  readonly digestForMs?: number | undefined;
}

/** Lists held statements. */
export async function listApprovals(
  options: ListApprovalsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const approvals = await adminClient(options, context).approvals({
    state: options.state,
    limit: options.limit,
  });
  if (context.format === "json") print(context, { schema: "querycop.approvals/2", approvals });
  else if (approvals.length === 0) context.note(`No statement is ${words(options.state)}`);
  else for (const line of table(approvals, context)) context.stdout.line(line);
  return EXIT_CODES.ok;
}

/** Shows one held statement with all that is known of it. */
export async function showApproval(
  options: AdminTarget & { readonly id: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { approval, text } = await adminClient(options, context).approval(options.id);
  if (context.format === "json") {
    print(context, { schema: "querycop.approval/2", approval, ...(text === undefined ? {} : { text }) });
  } else for (const line of details(approval, text, context.stdout.style)) context.stdout.line(line);
  return EXIT_CODES.ok;
}

/** Lets a held statement run, and with `digestForMs` others of its shape. */
export async function approve(options: DecideOptions, context: CommandContext): Promise<ExitCode> {
  const { id, reason, by = defaultBy(context), digestForMs } = options;
  const { approval, approved } = await adminClient(options, context).approve(id, {
    by,
    reason,
    ...(digestForMs === undefined ? {} : { scope: "digest" as const, for: formatDurationMs(digestForMs) }),
  });
  if (context.format === "json") {
    print(context, {
      schema: "querycop.approval/2",
      approval,
      ...(approved === undefined ? {} : { approved }),
    });
    return EXIT_CODES.ok;
  }
  const { style } = context.stdout;
  context.stdout.line(
    `${style.green(style.marks.pass)} Approved ${visible(`${approval.id}: ${approval.sql}`)}`,
  );
  for (const { id, role, tables, until } of approved ?? []) {
    const where = visible(`role ${role} on ${tables.join(", ")}`);
    context.stdout.line(`  Its shape passes for ${where} until ${time(until)}; entry ${id}`);
  }
  return EXIT_CODES.ok;
}

/** Refuses a held statement. */
export async function reject(options: DecideOptions, context: CommandContext): Promise<ExitCode> {
  const { id, reason, by = defaultBy(context) } = options;
  const approval = await adminClient(options, context).reject(id, { by, reason });
  if (context.format === "json") print(context, { schema: "querycop.approval/2", approval });
  else {
    const { style } = context.stdout;
    context.stdout.line(
      `${style.red(style.marks.fail)} Rejected ${visible(`${approval.id}: ${approval.sql}`)}`,
    );
  }
  return EXIT_CODES.ok;
}

/** Prints held statements as they come and as they end, until a signal; in JSON one object a line. */
export async function watchApprovals(options: AdminTarget, context: CommandContext): Promise<ExitCode> {
  const client = adminClient(options, context);
  let waiting = new Map<string, Approval>();
  const tell = (approval: Approval) => {
    if (context.format === "json") {
      context.stdout.line(JSON.stringify({ schema: "querycop.approval/2", approval }));
    } else context.stdout.line(watchLine(approval, context.stdout.style));
  };
  context.note(`Watching ${client.address} for held statements; Ctrl-C ends it`);
  while (!context.signal.aborted) {
    const now = new Map((await client.approvals({ limit: 1000 })).map((approval) => [approval.id, approval]));
    for (const [id, approval] of now) if (!waiting.has(id)) tell(approval);
    for (const id of waiting.keys()) if (!now.has(id)) tell((await client.approval(id)).approval);
    waiting = now;
    await pause(WATCH_PAUSE_MS, context.signal);
  }
  return EXIT_CODES.ok;
}

function table(approvals: readonly Approval[], { stdout }: CommandContext): string[] {
  const { style } = stdout;
  const rows = approvals.map((approval) =>
    [
      approval.id,
      approval.state === "pending" ? `${leftSeconds(approval)}s left` : words(approval.state),
      `${approval.score}`,
      approval.role,
      approval.user,
      approval.client,
    ].map(visible)
  );
  const head = ["ID", "STATE", "RISK", "ROLE", "USER", "CLIENT"];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => textWidth(row[column] ?? "")))
  );
  const line = (cells: readonly string[], last: string) =>
    [...cells.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - textWidth(cell))), last].join(
      "  ",
    );
  return [
    style.bold(line(head, "STATEMENT")),
    ...approvals.map((approval, index) => line(rows[index] ?? [], oneLine(approval.sql))),
  ];
}

function details(approval: Approval, text: HeldText | undefined, style: Style): string[] {
  const { statements = [], statement_count: count = 1 } = approval;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["State", words(approval.state)],
    ["Risk", `${approval.score}/100, ${approval.level}`],
    ["Held because", approval.reason],
    ["Role", approval.role],
    ["User", approval.user],
    ["Schema", approval.schema === "" ? undefined : approval.schema],
    ["Client", approval.client],
    ["Session", approval.session],
    ["Digest", approval.digest === "" ? undefined : approval.digest],
    ["Since", time(approval.created_at)],
    ["Times out", approval.state === "pending" ? time(approval.until) : undefined],
    ["Decided by", approval.decided_by],
    ["Because", approval.decision_reason],
    ["Decided at", approval.decided_at === undefined ? undefined : time(approval.decided_at)],
  ];
  return [
    style.bold(visible(approval.id)),
    ...fields.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${name.padEnd(13)} ${visible(value)}`]
    ),
    ...(statements.length === 0
      ? approval.findings.map(({ code, name, score }) =>
        `  ${style.yellow(visible(code))} ${visible(name)} (${score})`
      )
      : statements.flatMap((each, index) => partLines(each, index, style))),
    ...(count > statements.length && statements.length > 0
      ? [`  and ${count - statements.length} statements that are decided on less strictly`]
      : []),
    "",
    ...(text === undefined
      ? [style.dim("Without its literals:"), ...visibleLines(approval.sql)]
      : [style.dim(`As it will run, ${text.bytes} bytes:`), ...visibleLines(text.sql)])
      .map((line) => `  ${line}`),
    ...(text !== undefined && text.left_out > 0
      ? [style.yellow(`  ${text.left_out} bytes of its middle are not shown`)]
      : []),
  ];
}

/** One statement of a text: what it is, what it touches, and what is wrong with it. */
function partLines(
  { kind, action, score, tables, sql, findings }: HeldPart,
  index: number,
  style: Style,
): string[] {
  return [
    "",
    `  ${index + 1}. ${style.bold(visible(kind))} risk ${score}, ${words(action)}: ${
      visible(tables.join(", "))
    }`,
    `     ${visible(sql)}`,
    ...findings.map(({ code, name, score, message }) =>
      `     ${style.yellow(visible(code))} ${visible(name)} (${score}): ${visible(message)}`
    ),
  ];
}

function watchLine(approval: Approval, style: Style): string {
  const { marks } = style;
  const sign = approval.state === "pending"
    ? style.yellow(`${marks.warn} held`)
    : approval.state === "approved"
    ? style.green(`${marks.pass} approved`)
    : style.red(`${marks.fail} ${words(approval.state)}`);
  const { id, score, user, client, sql, decided_by, statement_count: count = 1 } = approval;
  const who = decided_by === undefined ? "" : ` by ${decided_by}`;
  const more = count > 1 ? `${count} statements: ` : "";
  return `${sign}${visible(`${who} ${id}  risk ${score}  ${user}@${client}  ${more}`)}${oneLine(sql)}`;
}

function words(state: string): string {
  return visible(state.replace("_", " "));
}

function leftSeconds({ until }: Approval): number {
  return Math.max(0, Math.round((until - Date.now()) / 1000));
}

function oneLine(sql: string): string {
  const text = visible(sql.replace(/\s+/g, " "));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function print({ stdout }: CommandContext, document: unknown): void {
  stdout.line(JSON.stringify(document, undefined, 2));
}
