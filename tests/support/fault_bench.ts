/** querycop before a scripted backend whose script a test changes from connection to connection. */
import assert from "node:assert/strict";
import { type Certificate, write } from "./certificates.ts";
import { type Querycop, startQuerycop } from "./querycop.ts";
import {
  echo,
  type Script,
  type ScriptedServer,
  scriptServer,
  serveCommands,
  serveLogin,
} from "./scripted_peer.ts";
import { WireClient } from "./wire_client.ts";
import type { WireSocket } from "./wire_socket.ts";

const PATIENCE_MS = 15_000;

/** How the bench is set up. */
export interface FaultBenchOptions {
  /** Settings of querycop beyond those of the bench. */
  readonly env?: Readonly<Record<string, string>>;
  /** The backend's certificate; it speaks no TLS without one. */
  readonly certificate?: Certificate;
}

/** A scripted backend, querycop, and the means to tell that querycop lives. */
export class FaultBench implements AsyncDisposable {
  readonly querycop: Querycop;
  readonly #server: ScriptedServer;
  readonly #next: { script: Script };
  readonly #good: Script;

  private constructor(querycop: Querycop, server: ScriptedServer, next: { script: Script }, good: Script) {
    this.querycop = querycop;
    this.#server = server;
    this.#next = next;
    this.#good = good;
  }

  /** Starts both; login and connecting may take 2 s before querycop gives up. */
  static async start(options: FaultBenchOptions = {}): Promise<FaultBench> {
    const { certificate } = options;
    const pair = certificate === undefined ? undefined : { cert: certificate.pem, key: certificate.keyPem };
    const good: Script = async (socket) => {
      const login = await serveLogin(
        socket,
        pair === undefined ? {} : { pair, capabilities: TLS_CAPABILITIES },
      );
      await serveCommands(socket, echo(login));
    };
    const next = { script: good };
    const server = await scriptServer((socket, index) => next.script(socket, index));
    const querycop = await startQuerycop({
      backend: { host: "localhost", port: server.port },
      env: {
        GATEKEEPER_BACKEND_TLS_MODE: certificate === undefined ? "disable" : "verify-full",
        ...(certificate === undefined ? {} : { GATEKEEPER_BACKEND_TLS_CA_FILE: write(certificate).ca }),
        GATEKEEPER_BACKEND_IP_FAMILY: "4",
        GATEKEEPER_CONNECT_TIMEOUT: "2s",
        GATEKEEPER_LOGIN_TIMEOUT: "2s",
        GATEKEEPER_MODE: "monitor",
        ...options.env,
      },
    });
    return new FaultBench(querycop, server, next, good);
  }

  /** The script of the connections from here on. */
  use(script: Script): void {
    this.#next.script = script;
  }

  /** Logs in through querycop. */
  login(capabilities = 0): Promise<WireClient> {
    return WireClient.login({ port: this.querycop.port, user: "app", password: "secret", capabilities });
  }

  /** Asserts that querycop runs and serves another session from start to end. */
  async assertServes(): Promise<void> {
    assert.equal(this.querycop.status, undefined, `querycop ended: ${await this.querycop.log()}`);
    this.use(this.#good);
    using client = await within(this.login(), "a login after the fault");
    assert.deepEqual(await within(client.query("SELECT 'alive'"), "a query after the fault"), [[
      "SELECT 'alive'",
    ]]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.querycop.stop();
    await this.#server.close();
  }
}

/** Flags of a server with TLS and without anything that changes the form of results. */
export const TLS_CAPABILITIES = 0x003baa0f;

/** Fails where the promise is not settled in time, which is long enough for any machine. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Timed out waiting for ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** The ways in which a peer leaves. */
export const DEPARTURES: readonly { readonly name: string; readonly leave: (socket: WireSocket) => void }[] =
  [
    { name: "ends", leave: (socket) => socket.end() },
    { name: "resets", leave: (socket) => socket.reset() },
  ];
