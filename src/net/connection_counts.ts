import { ConnectError, type ConnectReason, TlsError } from "../base/errors.ts";
import type { IpFamily } from "./address.ts";

/** What has come of accepts, of attempts to connect, and of TLS handshakes, since the start; for metrics. */
export class ConnectionCounts {
  readonly #dials: Record<string, number> = {};
  readonly #handshakes: Record<string, number> = {};
  #acceptFailures = 0;

  /** Attempts to connect to one address of the backend, by `FAMILY RESULT`: `4 ok`, `6 refused`. */
  get dials(): Readonly<Record<string, number>> {
    return { ...this.#dials };
  }

  /** TLS handshakes by `LEG RESULT`: `client ok`, `backend expired`. */
  get handshakes(): Readonly<Record<string, number>> {
    return { ...this.#handshakes };
  }

  /** Connections that could not be accepted. */
  get acceptFailures(): number {
    return this.#acceptFailures;
  }

  acceptFailed(): void {
    this.#acceptFailures++;
  }

  dialled(family: IpFamily, result: "ok" | ConnectReason): void {
    const name = `${family} ${result}`;
    this.#dials[name] = (this.#dials[name] ?? 0) + 1;
  }

  /** Counts how a handshake ends, and passes that on. */
  async handshake<T>(leg: "client" | "backend", ending: Promise<T>): Promise<T> {
    try {
      const made = await ending;
      this.#shook(leg, "ok");
      return made;
    } catch (error) {
      this.#shook(leg, error instanceof TlsError || error instanceof ConnectError ? error.reason : "failed");
      throw error;
    }
  }

  #shook(leg: string, result: string): void {
    const name = `${leg} ${result}`;
    this.#handshakes[name] = (this.#handshakes[name] ?? 0) + 1;
  }
}
