import { LAST_PREPARED_STATEMENT_ID } from "../protocol/commands.ts";
import type { Decision, ResponseLimits } from "./decision.ts";

type DecideRun = () => Decision;

/** A statement whose runs are decided on. */
export interface PreparedStatement {
  /** From the decision on its prepare. */
  readonly decideRun: DecideRun;
  /** Parameters were sent ahead of the next execute (COM_STMT_SEND_LONG_DATA). */
  longData: boolean;
  /** Limits of the last execute, which hold for what COM_STMT_FETCH brings of it; and the rows brought so far. */
  limits: ResponseLimits | undefined;
  fetchedRows: number;
}

/**
 * The prepared statements whose runs are decided on, by the id that the server gave each. Empty, and without cost, where
 * no prepare's decision asked for that.
 */
export class PreparedStatements {
  readonly #byId = new Map<number, PreparedStatement>();
  #last: PreparedStatement | undefined;
  #lastRefused = false;
  #followed = false;

  /** Whether ids of prepared statements have to be looked at. */
  get followed(): boolean {
    return this.#followed;
  }

  /** Whether the last prepare was refused, so that "the last statement" is not the client's. */
  get lastRefused(): boolean {
    return this.#lastRefused;
  }

  /** Notes a prepare that passes; what it gives back is to be handed to {@link named} once the server has named it. */
  pass(decideRun: DecideRun | undefined): PreparedStatement | undefined {
    this.#lastRefused = false;
    this.#last = decideRun === undefined
      ? undefined
      : { decideRun, longData: false, limits: undefined, fetchedRows: 0 };
    if (decideRun !== undefined) this.#followed = true;
    return this.#last;
  }

  refuse(): void {
    this.#lastRefused = true;
    this.#followed = true;
  }

  named(id: number, statement: PreparedStatement): void {
    this.#byId.set(id, statement);
  }

  /** The statement of this id; MariaDB's clients know the last one by -1, also before its id has come. */
  find(id: number): PreparedStatement | undefined {
    return id === LAST_PREPARED_STATEMENT_ID ? this.#last : this.#byId.get(id);
  }

  close(id: number): void {
    this.#byId.delete(id);
  }

  /** The server has dropped all statements. */
  clear(): void {
    this.#byId.clear();
  }
}
