import type { DigestOrNone } from "../contract/digest.ts";
import type { WebhookMessage } from "../contract/webhook.ts";
import type { Approval } from "../contract/approval.ts";
import type { AuditEvent } from "../contract/audit.ts";

/** Longest statement that a message shows; chats cut off what is much longer. */
const MOST_SQL = 1000;

/** What a message may say beside the event. */
export interface MessageSetting {
  /** False where the audit keeps literals: those are for this machine, not for a chat. */
  readonly showSql: boolean;
  /** Address of the dashboard, where others can reach it. */
  readonly dashboard: string | undefined;
}

/** What both kinds of message tell of a statement, `sql` as it is recorded. */
type Told = Omit<WebhookMessage, "event" | "text" | "dashboard">;

/** What to tell of a statement that waits. */
export function holdMessage(row: Approval, setting: MessageSetting): WebhookMessage {
  const { id, role, user, schema, client, session, score, level, findings, sql, digest, reason, until } = row;
  const approve = `querycop approvals approve ${id} --reason '...'`;
  const told = {
    id,
    time: row.created_at,
    role,
    user,
    schema,
    client,
    session,
    score,
    level,
    findings,
    sql,
    digest,
  };
  return message("hold", { ...told, reason, until, approve }, setting, [`Approve: \`${approve}\``]);
}

/** What to tell of a statement that was refused; `repeated` of its like before it. */
export function refusedMessage(event: AuditEvent, setting: MessageSetting, repeated: number): WebhookMessage {
  const { id, time, role = "", user = "", schema = "", client = "", session = "", score = 0 } = event;
  const { findings = [], level = "info", sql = "", reason = "" } = event;
  const digest: DigestOrNone = event.digest ?? "";
  const told = { id, time, role, user, schema, client, session, score, level, findings, sql, digest, reason };
  return repeated > 0
    ? message("refused", { ...told, repeated }, setting, [`And ${repeated} more like it before`])
    : message("refused", told, setting, []);
}

function message(
  event: WebhookMessage["event"],
  told: Told,
  setting: MessageSetting,
  more: readonly string[],
): WebhookMessage {
  const sql = setting.showSql ? shortened(told.sql) : "";
  const what = event === "hold" ? "querycop holds a statement" : "querycop refused a statement";
  return {
    event,
    ...told,
    sql,
    ...dashboardOf(setting),
    text: textOf(what, { ...told, sql }, setting, more),
  };
}

function textOf(
  what: string,
  { user, client, role, score, findings, sql }: Told,
  { dashboard }: MessageSetting,
  more: readonly string[],
): string {
  const rules = findings.map(({ code, name }) => `${code} ${name}`).join(", ");
  return [
    `${what} of ${escaped(user)}@${escaped(client)} (role ${escaped(role)}), risk ${score}/100${
      rules === "" ? "" : `: ${escaped(rules)}`
    }`,
    ...(sql === "" ? [] : ["```" + escaped(sql).replaceAll("`", "ˋ") + "```"]),
    ...more,
    ...(dashboard === undefined ? [] : [dashboard]),
  ].join("\n");
}

/** Chats take these three characters for links and for calls of everyone, which nobody is to write into a name. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function shortened(sql: string): string {
  return sql.length > MOST_SQL ? `${sql.slice(0, MOST_SQL - 3)}...` : sql;
}

function dashboardOf({ dashboard }: MessageSetting): { readonly dashboard?: string } {
  return dashboard === undefined ? {} : { dashboard };
}
