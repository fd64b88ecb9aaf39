/** How many files and sockets a process may hold open. */
export interface DescriptorLimit {
  /** Now. */
  readonly soft: number;
  /** What the process may raise it to; `Infinity` for no end. */
  readonly hard: number;
}

/** What a session holds: a socket to the client and one to the backend. */
const PER_CONNECTION = 2;
/** Connections of the admin side at a time, at most. */
export const MOST_ADMIN_CONNECTIONS = 100;
/** For the runtime, the audit and the policy's files, look-ups, the webhook, and connections that are turned away. */
const RESERVE = 100;

/**
 * The limit of this process, as its children get it. `undefined` where the system has none, or does not tell.
 *
 * `deno run`, and so the self-extracting file, raises its own limit to the hard one when it starts; an executable that
 * `deno compile` makes does not.
 */
export async function descriptorLimit(): Promise<DescriptorLimit | undefined> {
  if (Deno.build.os === "windows") return undefined;
  try {
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", "ulimit -Sn; ulimit -Hn"],
      stdin: "null",
      stderr: "null",
    }).output();
    const [soft = NaN, hard = NaN] = new TextDecoder().decode(stdout).trim().split("\n")
      .map((line) => line === "unlimited" ? Infinity : Number(line));
    return Number.isNaN(soft) || Number.isNaN(hard) ? undefined : { soft, hard };
  } catch {
    // A system without a shell, or a caller that may not run it: the limit stays unknown.
    return undefined;
  }
}

/** Descriptors that a process with this many connections of clients needs. */
export function descriptorsFor(connections: number): number {
  return connections * PER_CONNECTION + MOST_ADMIN_CONNECTIONS + RESERVE;
}

/** Connections of clients that this many descriptors are enough for; at least one. */
export function connectionsWithin(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - MOST_ADMIN_CONNECTIONS - RESERVE) / PER_CONNECTION));
}
