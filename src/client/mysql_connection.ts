import { ProtocolError, ServerError } from "../base/errors.ts";
import type { TlsInfo } from "../net/mod.ts";
import { CLIENT_DEPRECATE_EOF, hasCapability } from "../protocol/capabilities.ts";
import { COM_PING, COM_QUERY, COM_QUIT } from "../protocol/commands.ts";
import { PacketReader } from "../protocol/packet_reader.ts";
import { type ColumnDefinition, decodeColumnDefinition } from "../protocol/packets/column_definition.ts";
import { decodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import type { Greeting } from "../protocol/packets/greeting.ts";
import { decodeOk, EOF_HEADER, LOCAL_INFILE_HEADER, OK_HEADER } from "../protocol/packets/ok.ts";
import { decodeTextRow } from "../protocol/packets/text_row.ts";
import { SERVER_MORE_RESULTS_EXISTS } from "../protocol/status.ts";
import type { PacketChannel } from "./channel.ts";
import type { Session } from "./login.ts";

/** What a statement gave. */
export interface QueryResult {
  /** Empty for a statement that gives no rows. */
  readonly columns: readonly ColumnDefinition[];
  /** Values as text, `null` for NULL, one for each column. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly affectedRows: number;
}

/** Rows and columns past which a result is given up: this client is for small questions. */
const MAX_ROWS = 100_000;
const MAX_COLUMNS = 4096;

/** A logged-in session. One command at a time. A `ConnectError` or `ProtocolError` of any command ends it. */
export class MysqlConnection {
  readonly greeting: Greeting;
  readonly session: Session;
  readonly #channel: PacketChannel;

  /** Use `MysqlHandshake` or `connectMysql`. */
  constructor(channel: PacketChannel, greeting: Greeting, session: Session) {
    this.#channel = channel;
    this.greeting = greeting;
    this.session = session;
  }

  /** `undefined` in plaintext. */
  get tls(): TlsInfo | undefined {
    return this.#channel.stream.tls;
  }

  /** Runs a statement; of several results the first with rows counts. Errors: {@link ServerError} and those above. */
  query(sql: string, signal: AbortSignal): Promise<QueryResult> {
    return this.#command(async () => {
      const text = new TextEncoder().encode(sql);
      const payload = new Uint8Array(text.length + 1);
      payload[0] = COM_QUERY;
      payload.set(text, 1);
      await this.#channel.write(payload, signal);
      let answer: QueryResult | undefined;
      for (let more = true; more;) {
        const { result, status } = await this.#readResult(signal);
        if (answer === undefined || (answer.columns.length === 0 && result.columns.length > 0)) {
          answer = result;
        }
        more = (status & SERVER_MORE_RESULTS_EXISTS) !== 0;
      }
      return answer ?? { columns: [], rows: [], affectedRows: 0 };
    });
  }

  /** Asks for a sign of life. */
  ping(signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      await this.#channel.write(Uint8Array.of(COM_PING), signal);
      const payload = await this.#channel.read(signal);
      if (payload[0] === ERR_HEADER) throw serverError(payload);
      if (payload[0] !== OK_HEADER) throw this.#unexpected("a ping", payload);
    });
  }

  /** Says goodbye and closes. Never fails; a peer that does not listen is left after the signal fires. */
  async close(signal: AbortSignal): Promise<void> {
    try {
      this.#channel.restart();
      await this.#channel.write(Uint8Array.of(COM_QUIT), signal);
    } catch {
      // It is gone already, which is what was wanted.
    } finally {
      this.#channel.close();
    }
  }

  /** Closes without a word. Safe to call again. */
  abandon(): void {
    this.#channel.close();
  }

  async #command<T>(action: () => Promise<T>): Promise<T> {
    this.#channel.restart();
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ServerError)) this.#channel.close();
      throw error;
    }
  }

  async #readResult(signal: AbortSignal): Promise<{ readonly result: QueryResult; readonly status: number }> {
    const first = await this.#channel.read(signal);
    if (first[0] === ERR_HEADER) throw serverError(first);
    if (first[0] === LOCAL_INFILE_HEADER) {
      throw new ProtocolError(`${this.#channel.target} asks for a local file, which was not offered`);
    }
    if (first[0] === OK_HEADER) {
      const { affectedRows, status } = decodeOk(first, this.session.capabilities);
      return { result: { columns: [], rows: [], affectedRows }, status };
    }
    const columns = await this.#readColumns(new PacketReader(first).readLengthEncodedInteger(), signal);
    const rows: (readonly (string | null)[])[] = [];
    while (true) {
      const payload = await this.#channel.read(signal);
      if (payload[0] === ERR_HEADER) throw serverError(payload);
      if (isEnd(payload)) {
        return { result: { columns, rows, affectedRows: 0 }, status: this.#endStatus(payload) };
      }
      if (rows.length >= MAX_ROWS) {
        throw new ProtocolError(`${this.#channel.target} sends more than ${MAX_ROWS} rows`);
      }
      rows.push(decodeTextRow(payload, columns.length));
    }
  }

  async #readColumns(count: number, signal: AbortSignal): Promise<readonly ColumnDefinition[]> {
    if (count > MAX_COLUMNS) throw new ProtocolError(`${this.#channel.target} sends ${count} columns`);
    const columns: ColumnDefinition[] = [];
    while (columns.length < count) columns.push(decodeColumnDefinition(await this.#channel.read(signal)));
    if (!hasCapability(this.session.capabilities, CLIENT_DEPRECATE_EOF)) {
      const payload = await this.#channel.read(signal);
      if (!isEnd(payload)) throw this.#unexpected("the column definitions", payload);
    }
    return columns;
  }

  /** Status flags of the packet that ends the rows: an OK by another name, or the older EOF. */
  #endStatus(payload: Uint8Array): number {
    if (hasCapability(this.session.capabilities, CLIENT_DEPRECATE_EOF)) {
      return decodeOk(payload, this.session.capabilities).status;
    }
    const reader = new PacketReader(payload, 1);
    reader.skip(2);
    return reader.readUint16();
  }

  #unexpected(after: string, payload: Uint8Array): ProtocolError {
    return new ProtocolError(
      `${this.#channel.target} answers ${after} with packet type ${payload[0] ?? "(empty)"}`,
    );
  }
}

/** A first byte of 0xfe ends the rows unless it starts a value of 16 MB or more. */
function isEnd(payload: Uint8Array): boolean {
  return payload[0] === EOF_HEADER && payload.length < 0xffffff;
}

function serverError(payload: Uint8Array): ServerError {
  const { errno, sqlState, message } = decodeErr(payload);
  return new ServerError(errno, sqlState, message);
}
