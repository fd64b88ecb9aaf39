import { visible } from "../base/visible.ts";
import type { DigestRow } from "../contract/digest.ts";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { wrapText } from "../base/text_width.ts";
import type { ConfigInput } from "../config/mod.ts";
import type { Policy } from "../risk/policy/policy.ts";
import { defaultBy } from "./admin_client.ts";
import type { CommandContext, Output } from "./context.ts";
import { withDataDirectory } from "./data_directory.ts";
import { loadPolicy } from "../serve/load_policy.ts";
import { configured } from "./policy.ts";

/** Options of `querycop policy learn`. */
export interface LearnOptions {
  readonly config: ConfigInput;
  readonly dataDir: string;
  /** Each role that statements were recorded of where undefined. */
  readonly role?: string | undefined;
  /** Only what was seen in the last so many milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly minCount: number;
  readonly includeRisky: boolean;
  readonly dryRun: boolean;
  readonly by?: string | undefined;
}

/** Options of `querycop policy forget`. */
export interface ForgetOptions {
  readonly dataDir: string;
  readonly role: string;
  readonly digests: readonly string[];
  /** All of the role's. */
  readonly all: boolean;
  readonly by?: string | undefined;
}

/** More than a data directory keeps. */
const MOST_SHAPES = 1_000_000;

/** Why a recorded shape is not taken in. */
type LeftOut = "risky" | "failed" | "rare" | "old";

/** What learning does for one role. */
interface RoleLesson {
  readonly role: string;
  readonly onlyLearned: boolean;
  readonly warn: number;
  readonly added: readonly DigestRow[];
  /** Learned before. */
  readonly known: number;
  readonly leftOut: Readonly<Record<LeftOut, readonly DigestRow[]>>;
}

/** Takes recorded statement shapes into their roles' learned lists. */
export function learn(options: LearnOptions, context: CommandContext): Promise<ExitCode> {
  const setting = configured(options.config);
  const { policy } = loadPolicy(setting.path, setting);
  const lessons = withDataDirectory(options.dataDir, ({ database, record }) => {
    const rows = database.digests({
      order: "risk",
      limit: MOST_SHAPES,
      ...(options.role === undefined ? {} : { role: options.role }),
    });
    const { learned } = database.overrides();
    const roles = [...Map.groupBy(rows, ({ role }) => role)].sort(([a], [b]) => (a < b ? -1 : 1));
    const all = roles.map(([role, its]) => lessonOf(role, its, new Set(learned[role]), policy, options));
    for (const { role, added } of options.dryRun ? [] : all) {
      if (added.length === 0) continue;
      const risky = added.filter(({ score }) => score >= warnOf(policy, role)).length;
      record({
        type: "allowlist",
        action: "added",
        role,
        by: options.by ?? defaultBy(context),
        detail: { digests: added.length, risky },
      });
      database.learn(role, added.map(({ digest }) => digest));
    }
    return all;
  });
  if (context.format === "json") printJson(lessons, options.dryRun, context.stdout);
  else for (const [index, lesson] of lessons.entries()) show(lesson, index, options, context);
  if (lessons.length === 0) {
    const of = options.role === undefined ? "" : ` of role ${options.role}`;
    context.warn(
      `No statements${of} are recorded in ${options.dataDir}`,
      "querycop serve records them as they run; it writes what it counted every few seconds",
    );
  }
  return Promise.resolve(EXIT_CODES.ok);
}

function lessonOf(
  role: string,
  rows: readonly DigestRow[],
  known: ReadonlySet<string>,
  policy: Policy,
  { sinceMs, minCount, includeRisky }: LearnOptions,
): RoleLesson {
  const warn = warnOf(policy, role);
  const since = sinceMs === undefined ? -Infinity : Date.now() - sinceMs;
  const added: DigestRow[] = [];
  const leftOut: Record<LeftOut, DigestRow[]> = { risky: [], failed: [], rare: [], old: [] };
  for (const row of rows) {
    if (row.digest === "" || known.has(row.digest)) continue;
    if (row.last_seen < since) leftOut.old.push(row);
    else if (row.count < minCount) leftOut.rare.push(row);
    else if (row.refused + row.errors >= row.count) leftOut.failed.push(row);
    else if (row.score >= warn && !includeRisky) leftOut.risky.push(row);
    else added.push(row);
  }
  const onlyLearned = policy.roles.find(({ name }) => name === role)?.onlyLearned ?? false;
  return {
    role,
    onlyLearned,
    warn,
    added,
    known: rows.filter(({ digest }) => known.has(digest)).length,
    leftOut,
  };
}

/** Score from which a shape is risky for a role; that of the default role for one the policy does not have. */
function warnOf(policy: Policy, role: string): number {
  return (policy.roles.find(({ name }) => name === role) ?? policy.roles.at(-1))?.thresholds.warn ?? 70;
}

const SHOWN_RISKY = 10;

function show(
  lesson: RoleLesson,
  index: number,
  { dryRun, minCount }: LearnOptions,
  context: CommandContext,
): void {
  const { stdout } = context;
  const { style } = stdout;
  const { role, added, known, leftOut, onlyLearned, warn } = lesson;
  if (index > 0) stdout.line();
  const verb = dryRun ? "would be learned" : "learned";
  const mark = dryRun ? style.marks.info : style.green(style.marks.pass);
  stdout.line(
    `${mark} role ${style.bold(role)}: ${count(added.length, "statement")} ${verb}, ${known} known already`,
  );
  const why = [
    ...(leftOut.risky.length > 0
      ? [`${leftOut.risky.length} scored ${warn} or more (--include-risky takes them in)`]
      : []),
    ...(leftOut.failed.length > 0 ? [`${leftOut.failed.length} never ran without an error`] : []),
    ...(leftOut.rare.length > 0 ? [`${leftOut.rare.length} seen fewer than ${minCount} times`] : []),
    ...(leftOut.old.length > 0 ? [`${leftOut.old.length} not seen lately`] : []),
  ];
  const room = Math.max(30, Math.min(stdout.columns, 100) - 2);
  if (why.length > 0) {
    for (const line of wrapText(`left out: ${why.join(", ")}`, room)) stdout.line(`  ${line}`);
  }
  for (const { score, sql, digest, rules } of leftOut.risky.slice(0, SHOWN_RISKY)) {
    stdout.line(`  ${String(score).padStart(5)}  ${visible(sql)}`);
    stdout.line(style.dim(`         ${digest}  ${rules.join(" ")}`));
  }
  if (leftOut.risky.length > SHOWN_RISKY) {
    stdout.line(`         and ${leftOut.risky.length - SHOWN_RISKY} more; --format json lists them all`);
  }
  if (!onlyLearned) {
    context.note(`Role ${role} does not refuse the rest yet: give it only: learned in the policy`);
  }
}

function printJson(lessons: readonly RoleLesson[], dryRun: boolean, output: Output): void {
  const shape = ({ digest, sql, score, count, rules }: DigestRow) => ({ digest, sql, score, count, rules });
  output.line(JSON.stringify(
    {
      schema: "querycop.policy-learn/1",
      dry_run: dryRun,
      roles: lessons.map(({ role, onlyLearned, added, known, leftOut }) => ({
        role,
        only_learned: onlyLearned,
        added: added.map(shape),
        known,
        left_out: Object.fromEntries(Object.entries(leftOut).map(([why, rows]) => [why, rows.map(shape)])),
      })),
    },
    undefined,
    2,
  ));
}

/** Removes statement shapes from a role's learned list. */
export function forget(options: ForgetOptions, context: CommandContext): Promise<ExitCode> {
  const { role, all } = options;
  if (all === (options.digests.length > 0)) {
    throw new UsageError("Say what to forget", { hint: "Give digests, or --all for all of the role's" });
  }
  const forgotten = withDataDirectory(options.dataDir, ({ database, record }) => {
    const known = database.overrides().learned[role] ?? [];
    const wanted = new Set(options.digests.map((digest) => digest.toLowerCase()));
    const digests = all ? known : known.filter((digest) => wanted.has(digest));
    if (digests.length === 0) return 0;
    record({
      type: "allowlist",
      action: "removed",
      role,
      by: options.by ?? defaultBy(context),
      detail: { digests: digests.length },
    });
    return database.forget(role, digests);
  });
  if (context.format === "json") {
    context.stdout.line(
      JSON.stringify({ schema: "querycop.policy-forget/1", role, forgotten }, undefined, 2),
    );
  } else {
    const { style } = context.stdout;
    context.stdout.line(
      `${style.green(style.marks.pass)} role ${role}: ${count(forgotten, "statement")} forgotten`,
    );
  }
  return Promise.resolve(EXIT_CODES.ok);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
