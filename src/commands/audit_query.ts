import { visible } from "../base/visible.ts";
import type { AuditEvent } from "../contract/audit.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { textWidth } from "../base/text_width.ts";
import { pause } from "../base/pause.ts";
import type { ConfigInput } from "../config/mod.ts";
import { AuditReader } from "../store/audit_reader.ts";
import type { AuditFilter } from "../store/store.ts";
import { count, periodOf } from "./audit.ts";
import type { CommandContext, Output } from "./context.ts";
import { dataDirectoryOf } from "./data_directory.ts";
import { digestArgument } from "./digest_argument.ts";

/** Options of `querycop audit query`. */
export interface QueryAuditOptions {
  readonly config: ConfigInput;
  readonly types: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
  readonly user: string | undefined;
  readonly role: string | undefined;
  readonly session: string | undefined;
  readonly digest: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly limit: number;
  /** Go on with what comes, until a signal. */
  readonly follow: boolean;
}

/** A record, or an event that has no number yet. */
type Shown = AuditEvent & { readonly seq?: number };

/** How often `--follow` looks, in ms. */
const FOLLOW_EVERY_MS = 500;
/** Most records that `--follow` prints at a time. */
const FOLLOWED_AT_A_TIME = 1000;

/** Prints records that match, newest first; with `follow` oldest first and what comes after. */
export async function queryAudit(options: QueryAuditOptions, context: CommandContext): Promise<ExitCode> {
  const filter = filterOf(options);
  const reader = new AuditReader(dataDirectoryOf(options.config));
  try {
    if (options.follow) {
      await follow(reader, filter, context);
      return EXIT_CODES.ok;
    }
    const { waiting, records } = reader.query(filter);
    if (context.format === "json") {
      context.stdout.line(JSON.stringify({ schema: "querycop.audit-query/1", waiting, records }));
    } else if (waiting.length + records.length === 0) context.note("No record matches");
    else {
      printHead(context.stdout);
      for (const one of [...waiting, ...records]) print(one, context.stdout);
    }
    if (waiting.length > 0) context.note(`${count(waiting.length, "event")} not yet chained`);
    return EXIT_CODES.ok;
  } finally {
    reader.close();
  }
}

async function follow(reader: AuditReader, filter: AuditFilter, context: CommandContext): Promise<void> {
  const { signal, stdout } = context;
  const show = (records: readonly Shown[]) => {
    for (const record of records) {
      if (context.format === "json") stdout.line(JSON.stringify(record));
      else print(record, stdout);
    }
  };
  let { seq } = reader.head();
  if (context.format !== "json") printHead(stdout);
  show([...reader.query(filter).records].reverse().filter((record) => record.seq <= seq));
  while (!signal.aborted) {
    const head = reader.head().seq;
    for (let upTo = seq; upTo < head;) {
      // Newest first within what is asked for, so that a page has to end where the next begins.
      const page = Math.min(upTo + FOLLOWED_AT_A_TIME, head);
      show(reader.after(upTo, { ...filter, beforeSeq: page + 1, limit: FOLLOWED_AT_A_TIME }));
      upTo = page;
    }
    seq = head;
    await pause(FOLLOW_EVERY_MS, signal);
  }
}

function filterOf(options: QueryAuditOptions): AuditFilter {
  const { types, actions, user, role, session, digest, limit } = options;
  return {
    ...periodOf(options),
    ...(types === undefined ? {} : { types }),
    ...(actions === undefined ? {} : { actions }),
    ...(user === undefined ? {} : { user }),
    ...(role === undefined ? {} : { role }),
    ...(session === undefined ? {} : { session }),
    ...(digest === undefined ? {} : { digest: digestArgument(digest) }),
    limit,
  };
}

const SEQ_WIDTH = 7;
const TIME_WIDTH = 19;
const WHAT_WIDTH = 20;

function printHead({ style, line }: Output): void {
  line(
    style.bold(
      `${"SEQ".padStart(SEQ_WIDTH)}  ${"TIME (UTC)".padEnd(TIME_WIDTH)}  ${
        "WHAT".padEnd(WHAT_WIDTH)
      }  RISK  USER`,
    ),
  );
}

/** Two lines: who did what and when, then the decision's id and the statement or the reason. */
function print(event: Shown, output: Output): void {
  const { style, columns } = output;
  const what = event.type === "statement" ? event.action : `${event.type} ${event.action}`;
  const colour = COLOURS[event.action];
  const padded = fit(what, WHAT_WIDTH).padEnd(WHAT_WIDTH);
  const who = event.user ?? event.by ?? "";
  const role = event.role === undefined ? "" : ` (${event.role})`;
  const cells = [
    (event.seq === undefined ? "-" : String(event.seq)).padStart(SEQ_WIDTH),
    new Date(event.time).toISOString().slice(0, TIME_WIDTH).replace("T", " "),
    colour === undefined ? padded : style[colour](padded),
    (event.score === undefined ? "" : String(event.score)).padStart(4),
    fit(visible(who + role), Math.max(10, columns - SEQ_WIDTH - TIME_WIDTH - WHAT_WIDTH - 12)),
  ];
  output.line(cells.join("  ").trimEnd());
  const indent = " ".repeat(SEQ_WIDTH + 2);
  const rules = event.findings?.map(({ code }) => code).join(" ") ?? "";
  const about = [rules, event.sql ?? event.reason ?? event.about ?? ""].filter((text) => text !== "").join(
    ": ",
  );
  const id = visible(event.id);
  const room = Math.max(20, columns - indent.length - textWidth(id) - 2);
  output.line(`${style.dim(indent + id)}  ${fit(visible(about), room)}`.trimEnd());
}

const COLOURS: Readonly<Record<string, "red" | "yellow" | "green">> = {
  refuse: "red",
  rejected: "red",
  hold: "yellow",
  warn: "yellow",
  would_refuse: "yellow",
  would_hold: "yellow",
  approved: "green",
};

/** The text in at most so many columns. */
function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (textWidth(cut + character) > width - 3) break;
    cut += character;
  }
  return `${cut}...`;
}
