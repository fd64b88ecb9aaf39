/** Ports on 127.0.0.1 behind which there is no MySQL: silence, a banner, HTTP, TLS, a slammed door. */
import tls from "node:tls";
import { authority, issue } from "./certificates.ts";

/** A listening port that is closed at the end of the scope. */
export interface OddPort extends AsyncDisposable {
  readonly port: number;
}

/** What a port does with each connection. */
export type Manners =
  | "silent"
  /** Closes at once. */
  | "slammed"
  /** Says this first. */
  | { readonly banner: string }
  /** Says this to whatever it is told. */
  | { readonly reply: (heard: Uint8Array) => string | undefined };

/** Opens a port with these manners. */
export function oddPort(manners: Manners, hostname = "127.0.0.1"): OddPort {
  const listener = Deno.listen({ hostname, port: 0 });
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      behave(connection, manners).catch(() => {});
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await serving;
    },
  };
}

async function behave(connection: Deno.Conn, manners: Manners): Promise<void> {
  if (manners === "slammed") return close(connection);
  if (manners !== "silent" && "banner" in manners) {
    await connection.write(latin1(manners.banner));
  }
  const buffer = new Uint8Array(4096);
  for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
    if (manners === "silent" || !("reply" in manners)) continue;
    const answer = manners.reply(buffer.subarray(0, count));
    if (answer !== undefined) await connection.write(latin1(answer));
  }
  close(connection);
}

/** A port that speaks TLS at once, as HTTPS does. */
export async function tlsPort(): Promise<OddPort> {
  const leaf = issue(authority(), { dns: ["web.example"] });
  const server = tls.createServer(
    { cert: leaf.pem, key: leaf.keyPem },
    (socket) => socket.on("error", () => {}),
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { readonly port: number }).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

/** A byte a character. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
