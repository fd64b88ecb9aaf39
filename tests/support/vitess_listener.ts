import { bytes, hex, text } from "./bytes.ts";
import { authMore, authSwitch, CAPABILITY, err, ok, resultset } from "./packets.ts";
import {
  echo,
  type ScriptedServer,
  scriptServer,
  serveCommands,
  serveHandshake,
  sha2Scramble,
} from "./scripted_peer.ts";
import type { PemPair, WireSocket } from "./wire_socket.ts";

/** How a Vitess-like listener behaves. */
export interface VitessOptions {
  readonly pair: PemPair;
  readonly user: string;
  readonly password: string;
  /** Whether the password is in its cache, so that the scramble alone suffices. */
  readonly cached?: boolean;
  /** Plugin in the greeting; Vitess names either of the two. */
  readonly greetingPlugin?: "mysql_native_password" | "caching_sha2_password";
}

const SWITCH_NONCE = new TextEncoder().encode("ZYXWVUTSRQPONMLKJIHG");
const GREETING_NONCE = new TextEncoder().encode("vitess-nonce-20-byte");

/**
 * A listener like Vitess's: TLS mandatory, refused only after the login was read in plaintext; caching_sha2_password
 * alone, over TLS alone, with the password in clear as its full authentication. It knows no RSA exchange, so a byte
 * 0x02 is a wrong password. `select 1` is answered with 1, any other query with its own text.
 */
export function vitessListener(options: VitessOptions): Promise<ScriptedServer> {
  return scriptServer(async (socket) => {
    const login = await serveHandshake(socket, {
      version: "8.0.40-Vitess",
      capabilities: 0x013BAA0F,
      nonce: GREETING_NONCE,
      plugin: options.greetingPlugin ?? "caching_sha2_password",
      pair: options.pair,
    });
    if (!login.tls) {
      await socket.send(err(
        1105,
        "HY000",
        "unknown error: Code: UNAVAILABLE\nserver does not allow insecure connections, client must use SSL/TLS\n",
      ));
      return socket.end();
    }
    let response = login.authResponse;
    let nonce = GREETING_NONCE;
    if (login.plugin !== "caching_sha2_password" || response.length === 0) {
      nonce = SWITCH_NONCE;
      await socket.send(authSwitch("caching_sha2_password", nonce));
      response = (await socket.readPacket()).payload;
    }
    if (!(await authenticate(socket, options, response, nonce)) || login.user !== options.user) {
      await socket.send(err(1045, "28000", `Access denied for user '${login.user}'`));
      return socket.end();
    }
    await socket.send(ok());
    const answer = echo(login);
    const deprecateEof = (login.capabilities & CAPABILITY.deprecateEof) !== 0;
    await serveCommands(socket, (command, argument, peer) => {
      if (command === 0x03 && text(argument) === "select 1") return resultset("1", ["1"], { deprecateEof });
      // The command line client asks this to learn whether the server takes dollar quotes, and counts on an error.
      if (text(argument) === "select $$") return [err(1054, "42S22", "Unknown column '$$' in 'field list'")];
      return answer(command, argument, peer);
    });
  });
}

async function authenticate(
  socket: WireSocket,
  options: VitessOptions,
  response: Uint8Array,
  nonce: Uint8Array,
): Promise<boolean> {
  if (options.cached === true) {
    if (hex(response) !== hex(await sha2Scramble(options.password, nonce))) return false;
    await socket.send(authMore(Uint8Array.of(3)));
    return true;
  }
  await socket.send(authMore(Uint8Array.of(4)));
  const clear = (await socket.readPacket()).payload;
  return text(clear) === text(bytes(options.password, 0));
}
