import { visible } from "../base/visible.ts";
import { PolicyProblemSchema } from "../contract/policy.ts";
import type { Digest } from "../contract/digest.ts";
import type { Block } from "../contract/override.ts";
import { formatDurationMs } from "../base/duration.ts";
import { ConfigErrors, SourceError, UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { AdminApiError, adminClient, type AdminTarget, defaultBy } from "./admin_client.ts";
import type { CommandContext } from "./context.ts";
import { digestArgument } from "./digest_argument.ts";
import { type DataDirectory, withDataDirectory } from "./data_directory.ts";

/** More than a data directory keeps. */
const MOST_SHAPES = 1_000_000;

/** Where blocks are: a data directory, or a running querycop where `--api` names one. */
export interface BlockTarget extends AdminTarget {
  readonly dataDir: string;
}

/** Options of `querycop policy block`. */
export interface BlockOptions extends BlockTarget {
  readonly digest: string;
  readonly reason: string;
  readonly by?: string | undefined;
  /** Until it is removed where undefined. */
  readonly forMs?: number | undefined;
}

/** Options of `querycop policy unblock`. */
export interface UnblockOptions extends BlockTarget {
  readonly id: string;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
}

/** Refuses a statement shape from now on. */
export async function blockDigest(options: BlockOptions, context: CommandContext): Promise<ExitCode> {
  const digest = digestArgument(options.digest);
  const { reason, by = defaultBy(context), forMs } = options;
  const asked = { digest, reason, by, ...(forMs === undefined ? {} : { for: formatDurationMs(forMs) }) };
  const block = options.api === undefined
    ? withDataDirectory(options.dataDir, (directory) => putBlock(directory, { digest, reason, by, forMs }))
    : await adminClient(options, context).block(asked);
  if (context.format === "json") print(context, { schema: "querycop.policy-block/2", block });
  else {
    const { style } = context.stdout;
    context.stdout.line(`${style.green(style.marks.pass)} Blocked ${untilOf(block)}, as ${block.id}`);
    context.stdout.line(`  ${visible(block.sql ?? "a shape that has not been seen yet")}`);
    context.stdout.line(`  ${style.dim(`To lift it: querycop policy unblock ${block.id}`)}`);
  }
  return EXIT_CODES.ok;
}

function putBlock(
  { database, record, newId }: DataDirectory,
  { digest, reason, by, forMs }: {
    readonly digest: Digest;
    readonly reason: string;
    readonly by: string;
    readonly forMs: number | undefined;
  },
): Block {
  const sql = database.digests({ order: "count", limit: MOST_SHAPES }).find((row) => row.digest === digest)
    ?.sql;
  const createdAt = Date.now();
  const block: Block = {
    id: newId(),
    digest,
    reason,
    by,
    created_at: createdAt,
    ...(sql === undefined ? {} : { sql }),
    ...(forMs === undefined ? {} : { until: createdAt + forMs }),
  };
  record({
    id: block.id,
    type: "block",
    action: "added",
    digest,
    by,
    reason,
    ...(sql === undefined ? {} : { sql }),
    ...(block.until === undefined ? {} : { detail: { until: block.until } }),
  });
  database.putBlock(block);
  return block;
}

/** Lifts a block. */
export async function unblock(options: UnblockOptions, context: CommandContext): Promise<ExitCode> {
  const { id, reason, by = defaultBy(context) } = options;
  const why = reason === undefined ? {} : { reason };
  if (options.api !== undefined) await adminClient(options, context).unblock(id, { by, ...why });
  else {
    withDataDirectory(options.dataDir, ({ database, record }) => {
      const block = database.overrides().blocks.find((one) => one.id === id);
      if (block === undefined) {
        throw new UsageError(`No block has the id ${id}`, {
          hint: "querycop policy blocks lists those in force",
        });
      }
      record({ type: "block", action: "removed", about: id, digest: block.digest, by, ...why });
      database.removeBlock(id);
    });
  }
  if (context.format === "json") print(context, { schema: "querycop.policy-unblock/1", removed: id });
  else {
    const { style } = context.stdout;
    context.stdout.line(`${style.green(style.marks.pass)} Lifted ${id}: the policy decides again`);
  }
  return EXIT_CODES.ok;
}

/** Lists the blocks in force. */
export async function listBlocks(options: BlockTarget, context: CommandContext): Promise<ExitCode> {
  const blocks = options.api === undefined
    ? withDataDirectory(options.dataDir, ({ database }) => database.overrides().blocks)
    : await adminClient(options, context).blocks();
  if (context.format === "json") print(context, { schema: "querycop.policy-blocks/2", blocks });
  else if (blocks.length === 0) context.note("Nothing is blocked");
  for (const [index, block] of (context.format === "json" ? [] : blocks).entries()) {
    const { stdout } = context;
    if (index > 0) stdout.line();
    stdout.line(`${stdout.style.bold(block.id)}  ${untilOf(block)}`);
    if (block.sql !== undefined) stdout.line(`  ${visible(block.sql)}`);
    stdout.line(`  ${block.digest}`);
    stdout.line(`  ${visible(`by ${block.by}: ${block.reason}`)}`);
  }
  return EXIT_CODES.ok;
}

/** Has a running querycop read its policy again. Exit code 3 where the file has mistakes; the old policy stays. */
export async function reloadPolicy(options: AdminTarget, context: CommandContext): Promise<ExitCode> {
  const client = adminClient(options, context);
  let loaded: Awaited<ReturnType<typeof client.reloadPolicy>>;
  try {
    loaded = await client.reloadPolicy();
  } catch (error) {
    throw error instanceof AdminApiError && error.problems.length > 0 ? mistakesOf(error) : error;
  }
  if (context.format === "json") print(context, { schema: "querycop.policy-reload/1", ...loaded });
  else {
    const { style } = context.stdout;
    context.stdout.line(
      `${style.green(style.marks.pass)} ${loaded.source} is in force: roles ${loaded.roles.join(", ")}`,
    );
  }
  return EXIT_CODES.ok;
}

function mistakesOf({ message, problems }: AdminApiError): ConfigErrors {
  const hint = "The old policy stays; fix the file on the machine that serves and reload again";
  return new ConfigErrors(
    problems.map((each) => {
      const { file = "the policy", line = 1, column = 1, message } = PolicyProblemSchema.strip().parse(each);
      return new SourceError(file, line, column, message, hint);
    }),
    message,
  );
}

function untilOf({ until }: Block): string {
  return until === undefined ? "until it is lifted" : `until ${new Date(until).toISOString()}`;
}

function print({ stdout }: CommandContext, document: unknown): void {
  stdout.line(JSON.stringify(document, undefined, 2));
}
