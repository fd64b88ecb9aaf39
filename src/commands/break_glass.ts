import { visible } from "../base/visible.ts";
import { formatDurationMs } from "../base/duration.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { adminClient, type AdminTarget, defaultBy } from "./admin_client.ts";
import type { CommandContext } from "./context.ts";

/** Options of `querycop break-glass open`. */
export interface OpenBreakGlassOptions extends AdminTarget {
  readonly role: string;
  readonly reason: string;
  readonly by?: string | undefined;
  readonly forMs: number;
}

/** Lifts a role's refusals and holds for a time. */
export async function openBreakGlass(
  options: OpenBreakGlassOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { role, reason, by = defaultBy(context), forMs } = options;
  const client = adminClient(options, context);
  const entry = await client.openBreakGlass({ role, reason, by, for: formatDurationMs(forMs) });
  if (context.format === "json") print(context, { schema: "querycop.break-glass/2", break_glass: entry });
  else {
    const { style } = context.stdout;
    context.stdout.line(
      `${style.yellow(style.marks.warn)} Nothing is refused or held for role ${role} until ${
        time(entry.until)
      }`,
    );
    context.stdout.line(`  Ends before that: querycop break-glass close ${entry.id}`);
  }
  return EXIT_CODES.ok;
}

/** Lists the roles whose refusals are lifted now. */
export async function listBreakGlass(options: AdminTarget, context: CommandContext): Promise<ExitCode> {
  const entries = await adminClient(options, context).breakGlass();
  if (context.format === "json") {
    print(context, { schema: "querycop.break-glass-list/2", break_glass: entries });
  } else if (entries.length === 0) context.note("No role's refusals are lifted");
  for (const { id, role, until, by, reason } of context.format === "json" ? [] : entries) {
    context.stdout.line(visible(`${id}  role ${role} until ${time(until)}, by ${by}: ${reason}`));
  }
  return EXIT_CODES.ok;
}

/** Ends one before its time. */
export async function closeBreakGlass(
  options: AdminTarget & {
    readonly id: string;
    readonly by?: string | undefined;
    readonly reason?: string | undefined;
  },
  context: CommandContext,
): Promise<ExitCode> {
  const { id, reason, by = defaultBy(context) } = options;
  await adminClient(options, context).closeBreakGlass(id, {
    by,
    ...(reason === undefined ? {} : { reason }),
  });
  if (context.format === "json") print(context, { schema: "querycop.break-glass-closed/1", closed: id });
  else {
    const { style } = context.stdout;
    context.stdout.line(`${style.green(style.marks.pass)} Closed ${id}: the policy decides again`);
  }
  return EXIT_CODES.ok;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function print({ stdout }: CommandContext, document: unknown): void {
  stdout.line(JSON.stringify(document, undefined, 2));
}
