/** doctor and serve before the same services: they agree whether it can be used, and on why not. */
import assert from "node:assert/strict";
import { backendConnector } from "../../src/serve/backend_connector.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { probeBackend } from "../../src/proxy/probe.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { examine, verdictOf } from "../support/doctor_input.ts";
import { oddPort, tlsPort } from "../support/odd_ports.ts";
import { BASIC_CAPABILITIES, CAPABILITY, err, greeting } from "../support/packets.ts";
import { type Script, scriptServer } from "../support/scripted_peer.ts";
import type { WireSocket } from "../support/wire_socket.ts";

const root = authority({ commonName: "Services root" });
const leaf = issue(root, { dns: ["db.example"], ip: ["127.0.0.1"] });
const files = write(leaf);
const PAIR = { cert: leaf.pem, key: leaf.keyPem };
/** As long as both wait, here. */
const LIMIT_MS = 5000;

/** One service, what doctor says of it, and what serve's words have in common with that. */
interface Service {
  readonly name: string;
  readonly mode?: "disable" | "prefer" | "require" | "verify-full";
  readonly open: () =>
    | Promise<{ readonly port: number } & AsyncDisposable>
    | { readonly port: number } & AsyncDisposable;
  /** `id status codes` of the check that decides. */
  readonly doctor: readonly [id: "tcp" | "mysql-greeting" | "tls", verdict: string];
  /** What serve says; `undefined` where it connects. */
  readonly serve: RegExp | undefined;
}

const TLS_GREETING = () => greeting({ capabilities: BASIC_CAPABILITIES | CAPABILITY.ssl });
const PLAIN_GREETING = () => greeting({ capabilities: BASIC_CAPABILITIES });

/** Greets, after a while if asked, takes the upgrade and refuses the login, as a server does with a stranger. */
function mysql(afterMs = 0, tls = true): Script {
  return async (socket) => {
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    await socket.send(tls ? TLS_GREETING() : PLAIN_GREETING());
    if (tls) {
      await socket.readPacket();
      await socket.startTlsServer(PAIR);
    }
    await socket.readPacket();
    await socket.send(err(1045, "28000", "Access denied"));
  };
}

const refusing = (errno: number, message: string): Script => (socket) =>
  socket.send(err(errno, undefined, message));

const scripted = (script: Script) => () => scriptServer(quietly(script));

/** The other side may be gone at any moment, which is no failure of a service. */
function quietly(script: Script): Script {
  return async (socket: WireSocket, index) => {
    try {
      await script(socket, index);
    } catch {
      socket.close();
    }
  };
}

/** A port that nobody listens on. */
async function nobody() {
  const port = oddPort("slammed");
  await port[Symbol.asyncDispose]();
  return { port: port.port, [Symbol.asyncDispose]: () => Promise.resolve() };
}

const http = (heard: Uint8Array) =>
  new TextDecoder().decode(heard).startsWith("HEAD ")
    ? "HTTP/1.1 404 Not Found\r\n\r\n"
    : "HTTP/1.1 400 Bad Request\r\n\r\n";
const postgres = (heard: Uint8Array) => heard.length === 8 && heard[4] === 4 ? "N" : undefined;
const greetingCheck = (code: string) => ["mysql-greeting", `fail mysql-greeting.${code}`] as const;

const SERVICES: readonly Service[] = [
  { name: "MySQL with TLS", open: scripted(mysql()), doctor: ["tls", "pass"], serve: undefined },
  {
    name: "MySQL that greets late, within the limit of both",
    open: scripted(mysql(LIMIT_MS * 0.6)),
    doctor: ["tls", "pass"],
    serve: undefined,
  },
  {
    name: "MySQL without TLS, verify-full",
    open: scripted(mysql(0, false)),
    doctor: ["tls", "fail tls.not_offered"],
    serve: /does not offer TLS/,
  },
  {
    name: "MySQL without TLS, require",
    mode: "require",
    open: scripted(mysql(0, false)),
    doctor: ["tls", "fail tls.not_offered"],
    serve: /does not offer TLS/,
  },
  {
    name: "MySQL without TLS, prefer",
    mode: "prefer",
    open: scripted(mysql(0, false)),
    doctor: ["tls", "warn tls.not_offered"],
    serve: undefined,
  },
  {
    name: "MySQL without TLS, disable",
    mode: "disable",
    open: scripted(mysql(0, false)),
    doctor: ["tls", "skip"],
    serve: undefined,
  },
  { name: "nobody", open: nobody, doctor: ["tcp", "fail tcp.refused"], serve: /connection refused/ },
  { name: "silence", open: () => oddPort("silent"), doctor: greetingCheck("silent"), serve: /./ },
  {
    name: "a slammed door",
    open: () => oddPort("slammed"),
    doctor: greetingCheck("closed"),
    serve: /closed|reset/i,
  },
  {
    name: "SSH",
    open: () => oddPort({ banner: "SSH-2.0-OpenSSH_9.2\r\n" }),
    doctor: greetingCheck("ssh"),
    serve: /speaks SSH, not MySQL/,
  },
  {
    name: "SMTP",
    open: () => oddPort({ banner: "220 mail.example ESMTP\r\n" }),
    doctor: greetingCheck("smtp"),
    serve: /speaks (FTP or )?SMTP/,
  },
  {
    name: "FTP",
    open: () => oddPort({ banner: "220 ftp.example\r\n" }),
    doctor: greetingCheck("ftp"),
    serve: /speaks FTP/,
  },
  {
    name: "IMAP",
    open: () => oddPort({ banner: "* OK ready\r\n" }),
    doctor: greetingCheck("imap"),
    serve: /speaks IMAP/,
  },
  {
    name: "Redis",
    open: () => oddPort({ banner: "-DENIED protected mode\r\n" }),
    doctor: greetingCheck("redis"),
    serve: /speaks Redis/,
  },
  {
    name: "MySQL's X protocol",
    open: () => oddPort({ banner: "\x05\x00\x00\x00\x0b\x08\x05\x1a\x00" }),
    doctor: greetingCheck("mysqlx"),
    serve: /X protocol/,
  },
  { name: "HTTP", open: () => oddPort({ reply: http }), doctor: greetingCheck("http"), serve: /./ },
  {
    name: "PostgreSQL",
    open: () => oddPort({ reply: postgres }),
    doctor: greetingCheck("postgresql"),
    serve: /./,
  },
  { name: "HTTPS", open: tlsPort, doctor: greetingCheck("tls"), serve: /./ },
  ...([
    [1040, "Too many connections"],
    [1129, "Host is blocked because of many connection errors"],
    [1130, "Host is not allowed to connect"],
    [1105, "server does not allow insecure connections, client must use SSL/TLS"],
  ] as const).map(([errno, message]): Service => ({
    name: `error ${errno} in place of a greeting`,
    open: scripted(refusing(errno, message)),
    doctor: greetingCheck(`error_${errno}`),
    serve: new RegExp(`error ${errno}: .*${message.slice(0, 20)}`),
  })),
  {
    name: "a greeting of protocol 9",
    open: scripted((socket) => socket.send(Uint8Array.of(9, 0x33, 0x2e, 0))),
    doctor: greetingCheck("unreadable"),
    serve: /protocol/i,
  },
  {
    name: "TLS that hangs",
    open: scripted(async (socket) => {
      await socket.send(TLS_GREETING());
      await socket.readToEnd();
    }),
    doctor: ["tls", "fail tls.silent"],
    serve: /./,
  },
  {
    name: "a door slammed where TLS begins",
    open: scripted(async (socket) => {
      await socket.send(TLS_GREETING());
      await socket.readPacket();
      socket.close();
    }),
    doctor: ["tls", "fail tls.handshake_failed"],
    serve: /closed|reset|ended/i,
  },
];

/** What serve's readiness check says, or that it connects. */
async function serveSays(env: Record<string, string>): Promise<string | undefined> {
  const { config } = loadConfig({ flags: {}, env, os: "linux" });
  try {
    await probeBackend(
      { connector: backendConnector(config), backendTls: config.backendTlsMode },
      AbortSignal.timeout(LIMIT_MS),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

Deno.test("doctor and serve agree on every service, in verdict and in named cause", async () => {
  // All at once: most of the time is waiting for those that say nothing.
  const differences = (await Promise.all(SERVICES.map(differencesOf))).flat();
  assert.deepEqual(differences, []);
  assert.ok(SERVICES.length >= 25);
});

async function differencesOf(service: Service): Promise<readonly string[]> {
  const differences: string[] = [];
  await using open = await service.open();
  const env = {
    GATEKEEPER_BACKEND_HOST: "127.0.0.1",
    GATEKEEPER_BACKEND_PORT: String(open.port),
    GATEKEEPER_BACKEND_TLS_MODE: service.mode ?? "verify-full",
    GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca,
  };
  const [id, verdict] = service.doctor;
  const result = (await examine({ env, silenceMs: LIMIT_MS }, ["tls"], { timeoutMs: 30_000 }))[id];
  if (verdictOf(result) !== verdict) {
    differences.push(`${service.name}: doctor ${verdictOf(result)} (${result.summary}), not ${verdict}`);
  }
  const said = await serveSays(env);
  const agrees = service.serve === undefined ? said === undefined : service.serve.test(said ?? "");
  if (!agrees) differences.push(`${service.name}: serve ${said ?? "connects"}`);
  return differences;
}
