/** A program that listens on a port of this machine. */
export interface PortHolder {
  readonly pid: number;
  /** As /proc/PID/comm has it; a process can name itself as it likes. */
  readonly name: string;
}

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = "0A";

/**
 * Who listens on a TCP port, by Linux's /proc. `undefined` where nobody does, where it is another user's process, and on
 * other systems.
 */
export function portHolder(port: number): PortHolder | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const { name: pid } of entries("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const { name: fd } of entries(`/proc/${pid}/fd`)) {
      const link = attempt(() => Deno.readLinkSync(`/proc/${pid}/fd/${fd}`));
      if (link === undefined || !sockets.has(link)) continue;
      const name = attempt(() => Deno.readTextFileSync(`/proc/${pid}/comm`))?.trim() ?? "unknown";
      return { pid: Number(pid), name };
    }
  }
  return undefined;
}

/** `socket:[inode]` of every socket that listens on the port. */
function listeningSockets(port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    (attempt(() => Deno.readTextFileSync(path)) ?? "").split("\n")
  );
  return new Set(lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const listens = fields[1]?.endsWith(`:${hex}`) === true && fields[3] === LISTEN;
    return listens && fields[9] !== undefined ? [`socket:[${fields[9]}]`] : [];
  }));
}

function entries(path: string): readonly Deno.DirEntry[] {
  return attempt(() => [...Deno.readDirSync(path)]) ?? [];
}

/** A process may end while it is looked at, and those of others are not for us. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
