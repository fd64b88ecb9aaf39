import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { listen, type Stream } from "../net/mod.ts";
import { HttpConnection } from "./http_connection.ts";

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Past this, a new connection takes the place of one that waits for its client, or is closed where none does. */
  readonly mostConnections: number;
  /** How long a client may take for the head of its request, in ms. */
  readonly headPatienceMs: number;
  /** How long one write may wait for the client, in ms. */
  readonly writePatienceMs: number;
  /** Answers a request of an address; never rejects. */
  readonly answer: (request: Request, address: string) => Promise<Response>;
  /** Called for each connection that could not be accepted. */
  readonly onAcceptFailed: (error: unknown) => void;
}

/** What the server has counted since its start, and holds now. */
export interface HttpConnections {
  readonly open: number;
  /** Closed before they asked anything, because there were too many. */
  readonly refused: number;
  /** Closed because they did not ask in time. */
  readonly timedOut: number;
}

/** An HTTP server that no client can keep busy by silence, and that outlives a lack of descriptors. */
export interface HttpServer {
  readonly port: number;
  connections(): HttpConnections;
  /** Stops accepting, gives requests under way `patienceMs` to end, and closes every connection. */
  close(patienceMs: number): Promise<void>;
}

/** How long a client may take to close its side once it has its answer, in ms. */
const CLOSE_PATIENCE_MS = 1000;

/** Starts to listen; each connection is for one request. Errors: those of `listen`. */
export function serveHttp(options: HttpServerOptions): HttpServer {
  return new NodeHttpServer(options);
}

/** A connection, and the time it has where it waits for its client. */
interface Client {
  readonly connection: HttpConnection;
  timer: ReturnType<typeof setTimeout> | undefined;
}

class NodeHttpServer implements HttpServer {
  readonly port: number;
  readonly #options: HttpServerOptions;
  readonly #http = createServer();
  readonly #listener;
  readonly #clients = new Map<unknown, Client>();
  #requests = 0;
  #whenIdle: (() => void) | undefined;
  #refused = 0;
  #timedOut = 0;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#listener = listen({
      host: options.host,
      port: options.port,
      onAcceptFailed: options.onAcceptFailed,
    });
    this.port = this.#listener.address.port;
    this.#http.on("request", (request, response) => void this.#answer(request, response));
    this.#http.on("clientError", (_error, socket) => {
      const client = this.#clients.get(socket);
      if (client === undefined || !socket.writable) {
        socket.destroy();
        return;
      }
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      this.#await(client, CLOSE_PATIENCE_MS, () => {});
    });
    void this.#accept();
  }

  connections(): HttpConnections {
    return { open: this.#clients.size, refused: this.#refused, timedOut: this.#timedOut };
  }

  async close(patienceMs: number): Promise<void> {
    this.#listener.close();
    if (this.#requests > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
        timer = setTimeout(resolve, patienceMs);
      });
      clearTimeout(timer);
    }
    for (const { connection } of this.#clients.values()) connection.destroy();
  }

  async #accept(): Promise<void> {
    for await (const stream of this.#listener) {
      if (this.#clients.size < this.#options.mostConnections || this.#makeRoom()) this.#take(stream);
      else {
        this.#refused++;
        stream.close();
      }
    }
  }

  /** Closes the connection that has waited longest for its client to ask; false where none waits. */
  #makeRoom(): boolean {
    for (const { connection, timer } of this.#clients.values()) {
      if (timer === undefined) continue;
      this.#refused++;
      this.#clients.delete(connection); // Now, not when it has closed: the next one looks for another.
      connection.destroy();
      return true;
    }
    return false;
  }

  #take(stream: Stream): void {
    const connection = new HttpConnection(stream, this.#options.writePatienceMs);
    const client: Client = { connection, timer: undefined };
    this.#clients.set(connection, client);
    connection.on("close", () => {
      clearTimeout(client.timer);
      this.#clients.delete(connection);
    });
    this.#await(client, this.#options.headPatienceMs, () => this.#timedOut++);
    this.#http.emit("connection", connection);
  }

  /** Gives a client so much time. */
  #await(client: Client, patienceMs: number, onLate: () => void): void {
    clearTimeout(client.timer);
    if (client.connection.destroyed) return;
    client.timer = setTimeout(() => {
      onLate();
      client.connection.destroy();
    }, patienceMs);
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const client = this.#clients.get(incoming.socket);
    clearTimeout(client?.timer);
    if (client !== undefined) client.timer = undefined;
    this.#requests++;
    outgoing.shouldKeepAlive = false;
    outgoing.on("close", () => {
      this.#requests--;
      if (this.#requests === 0) this.#whenIdle?.();
      if (client === undefined) return;
      client.connection.resume(); // What else it sent is nobody's; its end is what is waited for.
      this.#await(client, CLOSE_PATIENCE_MS, () => {});
    });
    const request = toRequest(incoming);
    if (request === undefined) {
      outgoing.writeHead(400).end();
      return;
    }
    await send(await this.#options.answer(request, client?.connection.remoteAddress ?? ""), outgoing);
  }
}

/** `undefined` where host or path are malformed. */
function toRequest(incoming: IncomingMessage): Request | undefined {
  const url = URL.parse(incoming.url ?? "", `http://${incoming.headers.host ?? "localhost"}`);
  if (url === null) return undefined;
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string);
  }
  const { method = "GET" } = incoming;
  const body = method === "GET" || method === "HEAD"
    ? null
    : Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>;
  try {
    return new Request(url, { method, headers, body });
  } catch {
    return undefined; // A method that fetch does not know, such as TRACE.
  }
}

/** Sends an answer; ends it early where the client goes. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  const reader = response.body.getReader();
  outgoing.on("close", () => void reader.cancel().catch(() => {}));
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (outgoing.write(next.value) || outgoing.destroyed) continue;
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        outgoing.once("close", resolve);
      });
    }
    outgoing.end();
  } catch {
    outgoing.destroy(); // The body failed halfway: the client must not take it for whole.
  }
}
