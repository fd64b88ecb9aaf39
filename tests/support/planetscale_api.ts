/**
 * A local PlanetScale API. It behaves as `planetscale_model.ts` has it, over HTTP on 127.0.0.1 or without any network
 * (`transport`), writes down every request, and fails where a test says so.
 *
 *     await using api = await startPlanetScaleApi({ accounts: mysqlAccounts(server) });
 *     const old = await api.model.add({ name: "app", role: "readwriter" });
 *     api.fail({ method: "POST", when: "after", answer: "drop" });   // made, and the answer lost
 */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { HttpRequest, HttpResponse } from "../../src/net/http_request.ts";
import type { ModelAnswer, ModelOptions, ModelToken } from "./planetscale_answers.ts";
import { PlanetScaleModel } from "./planetscale_model.ts";

/** What a fault answers: a response, a broken connection, or nothing until the client gives up. */
export type FaultAnswer = ModelAnswer | "drop" | "hang";

/** A failure on request. */
export interface Fault {
  /** Any by default. */
  readonly method?: string;
  /** Tested against path and query; any by default. */
  readonly path?: RegExp;
  /** Requests that match and are let through first; 0 by default. */
  readonly skip?: number;
  /** How many requests fail; 1 by default. */
  readonly times?: number;
  /** `before`: the request has no effect. `after`: it has, and only its answer is replaced. */
  readonly when: "before" | "after";
  /** Called at that moment, for example to kill the client. */
  readonly then?: () => void | Promise<void>;
  /** Where it is left out, the request goes on as if nothing had happened once `then` is done. */
  readonly answer?: FaultAnswer;
}

/** One request as it came, in order. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly authorization: string | null;
  /** Status that was answered, or what became of it. */
  readonly outcome: number | "drop" | "hang";
}

/** How the API is started. Everything has a default. */
export interface PlanetScaleApiOptions extends Partial<ModelOptions> {
  /** PEM files; plain http without. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** A token with what rotating takes on a production branch. */
export const ROTATING_TOKEN: ModelToken = {
  id: "abcdefghijkl",
  secret: "pscale_tkn_0123456789abcdefghijklmnopqrstuvwxyz",
  organization: "acme",
  accesses: ["connect_production_branch", "delete_production_branch_password", "read_branch"],
};

/** The branch that is there by default. */
export const MAIN_BRANCH = { organization: "acme", database: "shop", branch: "main" } as const;

/** A PlanetScale API for tests. */
export class TestPlanetScaleApi implements AsyncDisposable {
  readonly model: PlanetScaleModel;
  readonly requests: SeenRequest[] = [];
  readonly #faults: { readonly fault: Fault; skip: number; times: number }[] = [];
  readonly #release = new AbortController();
  #server: Server | undefined;
  #url = "http://planetscale.test/";

  constructor(options: PlanetScaleApiOptions = {}) {
    this.model = new PlanetScaleModel({ branches: [MAIN_BRANCH], tokens: [ROTATING_TOKEN], ...options });
  }

  /** Base URL, without `/v1`. */
  get url(): string {
    return this.#url;
  }

  /** Lets requests fail from now on. Faults are tried in the order they were made. */
  fail(fault: Fault): void {
    this.#faults.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  /** Requests as `POST /v1/...`, in order. */
  get calls(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** In place of the client's HTTP stack: the same API without a socket. */
  readonly transport = async (request: HttpRequest): Promise<HttpResponse> => {
    const answer = await this.#exchange({
      method: request.method,
      url: new URL(request.url),
      authorization: request.headers?.authorization ?? null,
      body: request.body ?? "",
    });
    if (answer === "drop") {
      throw new TypeError(
        `error sending request for url (${request.url}): connection closed before message completed`,
      );
    }
    if (answer === "hang") {
      return await new Promise((_, reject) => {
        const give = () => reject(request.signal.reason);
        if (request.signal.aborted) give();
        request.signal.addEventListener("abort", give, { once: true });
      });
    }
    const { status, body, headers } = written(answer);
    return { status, body, headers: new Headers(headers) };
  };

  /** Listens on a free port of 127.0.0.1. */
  async listen(tls?: PlanetScaleApiOptions["tls"]): Promise<void> {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    const server = tls === undefined ? createServer(listener) : createTlsServer({
      cert: Deno.readTextFileSync(tls.certFile),
      key: Deno.readTextFileSync(tls.keyFile),
    }, listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The API has no port");
    this.#server = server;
    this.#url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${address.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release.abort();
    const server = this.#server;
    if (server !== undefined) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    await this.model[Symbol.asyncDispose]();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await this.#exchange({
      method: request.method ?? "GET",
      url: new URL(request.url ?? "/", this.#url),
      authorization: request.headers.authorization ?? null,
      body: new TextDecoder().decode(Buffer.concat(chunks)),
    });
    if (answer === "drop") {
      request.socket.destroy();
      return;
    }
    if (answer === "hang") {
      this.#release.signal.addEventListener("abort", () => request.socket.destroy(), { once: true });
      return;
    }
    const { status, body, headers } = written(answer);
    response.writeHead(status, { ...headers, connection: "close" });
    response.end(body);
  }

  async #exchange(request: Parameters<PlanetScaleModel["handle"]>[0]): Promise<FaultAnswer> {
    const fault = this.#faultFor(request.method, request.url.pathname + request.url.search);
    const act = async (): Promise<FaultAnswer | undefined> => {
      await fault?.then?.();
      return fault?.answer;
    };
    const instead = fault?.when === "before" ? await act() : undefined;
    let answer = instead ?? await this.model.handle(request);
    if (fault?.when === "after") answer = await act() ?? answer;
    this.requests.push({
      method: request.method,
      path: request.url.pathname,
      query: request.url.search,
      body: request.body,
      authorization: request.authorization,
      outcome: typeof answer === "string" ? answer : answer.status,
    });
    return answer;
  }

  #faultFor(method: string, path: string): Fault | undefined {
    for (const each of this.#faults) {
      if (each.fault.method !== undefined && each.fault.method !== method) continue;
      if (each.fault.path !== undefined && !each.fault.path.test(path)) continue;
      if (each.skip > 0) {
        each.skip--;
        continue;
      }
      if (each.times === 0) continue;
      each.times--;
      return each.fault;
    }
    return undefined;
  }
}

/** Starts the API on a socket. */
export async function startPlanetScaleApi(options: PlanetScaleApiOptions = {}): Promise<TestPlanetScaleApi> {
  const api = new TestPlanetScaleApi(options);
  await api.listen(options.tls);
  return api;
}

function written({ status, body, headers = {} }: ModelAnswer) {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type: Readonly<Record<string, string>> = typeof body === "object"
    ? { "content-type": "application/json" }
    : {};
  return { status, body: text, headers: { ...type, ...headers } };
}
