/** Commands sent as bytes, and everything that comes back, whatever the responses are. */
import { bytes, lenencString, text, uint } from "./bytes.ts";
import { CAPABILITY } from "./packets.ts";
import { type LoginOptions, WireClient, WireError } from "./wire_client.ts";

/** What came back to some commands. */
export interface Reply {
  readonly packets: readonly Uint8Array[];
  readonly errors: readonly WireError[];
}

const MAX_PAYLOAD = 0xffffff;

/** A session in which a test sends whatever it likes and reads all that is answered. */
export class Conversation implements Disposable {
  readonly client: WireClient;
  /** All that has come back. */
  readonly packets: Uint8Array[] = [];
  readonly errors: WireError[] = [];
  readonly #attributes: boolean;
  #marker = 7_700_000;

  private constructor(client: WireClient, capabilities: number) {
    this.client = client;
    this.#attributes = (client.greeting.capabilities & capabilities & CAPABILITY.queryAttributes) !== 0;
  }

  static async open(options: LoginOptions): Promise<Conversation> {
    const capabilities = (options.capabilities ?? 0) | CAPABILITY.deprecateEof;
    return new Conversation(await WireClient.login({ ...options, capabilities }), capabilities);
  }

  /** COM_QUERY with this text. */
  query(sql: string | Uint8Array): Uint8Array {
    return this.#attributes ? bytes(3, 0, 1, sql) : bytes(3, sql);
  }

  /**
   * Sends each command when the one before has been answered; resolves to what came back. A query of our own behind
   * each tells where its response ends; {@link WireClosed} where the session ended.
   */
  async send(...commands: readonly (string | Uint8Array)[]): Promise<Reply> {
    const replies: Reply[] = [];
    for (const command of commands) {
      replies.push(await this.pipeline(typeof command === "string" ? this.query(command) : command));
    }
    return {
      packets: replies.flatMap(({ packets }) => packets),
      errors: replies.flatMap(({ errors }) => errors),
    };
  }

  /** Sends commands all at once and reads what comes back to them. */
  async pipeline(...commands: readonly Uint8Array[]): Promise<Reply> {
    const { socket } = this.client;
    const marker = `${++this.#marker}`;
    const all = [...commands, this.query(`SELECT ${marker}`)].map((payload) => framed(payload));
    await socket.write(bytes(...all));
    const end = lenencString(marker);
    const packets: Uint8Array[] = [];
    const errors: WireError[] = [];
    for (;;) {
      const { payload } = await socket.readPacket();
      if (equal(payload, end)) break;
      packets.push(payload);
      if (payload[0] === 0xff) errors.push(new WireError(payload));
    }
    await socket.readPacket();
    // The count of columns and the column's definition are the marker's.
    packets.splice(-2);
    this.packets.push(...packets);
    this.errors.push(...errors);
    return { packets, errors };
  }

  /** Id that the server gave to the statement of a COM_STMT_PREPARE; 0 where it gave none. */
  static statementId({ packets }: Reply): number {
    const ok = packets.find((payload) => payload[0] === 0 && payload.length >= 12);
    return ok === undefined ? 0 : new DataView(ok.buffer, ok.byteOffset).getUint32(1, true);
  }

  /** Whether any packet so far holds this text. */
  says(words: string): boolean {
    return this.packets.some((payload) => text(payload).includes(words));
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}

/** COM_STMT_EXECUTE of a statement with text parameters. */
export function executeCommand(id: number, ...parameters: readonly string[]): Uint8Array {
  const head = bytes(0x17, uint(id, 4), 0, uint(1, 4));
  if (parameters.length === 0) return head;
  return bytes(
    head,
    new Uint8Array((parameters.length + 7) >> 3),
    1,
    ...parameters.map(() => uint(0xfd, 2)),
    ...parameters.map((parameter) => lenencString(parameter)),
  );
}

/** The packets of one command. */
function framed(payload: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0, sequence = 0;; at += MAX_PAYLOAD, sequence++) {
    const part = payload.subarray(at, at + MAX_PAYLOAD);
    parts.push(bytes(uint(part.length, 3), sequence & 0xff, part));
    if (part.length < MAX_PAYLOAD) return bytes(...parts);
  }
}

function equal(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}
