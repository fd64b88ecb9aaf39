import { createPool, type Pool } from "mysql2/promise";

/** A pair to log in with. */
export interface ApplicationPair {
  readonly username: string;
  readonly password: string;
}

/** An application that never rests: a pool of mysql2, some queries always under way, moved from pair to pair. */
export class Application implements AsyncDisposable {
  /** Queries that failed, in words. */
  readonly failures: string[] = [];
  /** Queries that came back, by username. */
  readonly served = new Map<string, number>();
  readonly #port: number;
  readonly #workers: Promise<void>[];
  #pair: ApplicationPair;
  #pool: Pool;
  #stopped = false;

  /** Connects to 127.0.0.1 at a port, with as many workers as given, each with a query every few milliseconds. */
  constructor(port: number, pair: ApplicationPair, workers = 3) {
    this.#port = port;
    this.#pair = pair;
    this.#pool = this.#open(pair, workers);
    this.#workers = Array.from({ length: workers }, () => this.#work());
  }

  /** Takes up another pair: new queries go to a new pool, and the old one is closed once its last query is back. */
  async move(pair: ApplicationPair): Promise<void> {
    const before = this.#pool;
    this.#pool = this.#open(pair, this.#workers.length);
    this.#pair = pair;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await before.end();
  }

  /** Resolves once this username has served another query. */
  async works(username: string): Promise<void> {
    const before = this.served.get(username) ?? 0;
    const deadline = Date.now() + 30_000;
    while ((this.served.get(username) ?? 0) <= before) {
      if (Date.now() > deadline) throw new Error(`no query of ${username} came back: ${this.failures}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
    await this.#pool.end();
  }

  #open({ username, password }: ApplicationPair, connections: number): Pool {
    return createPool({
      host: "127.0.0.1",
      port: this.#port,
      user: username,
      password,
      connectionLimit: connections,
      maxIdle: connections,
    });
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const { username } = this.#pair;
      const pool = this.#pool;
      try {
        const [rows] = await pool.query("SELECT 40 + 2 AS answer");
        if (JSON.stringify(rows) !== '[{"answer":42}]') throw new Error(JSON.stringify(rows));
        this.served.set(username, (this.served.get(username) ?? 0) + 1);
      } catch (error) {
        this.failures.push(`${username}: ${error instanceof Error ? error.message : error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
