import {
  CLIENT_DEPRECATE_EOF,
  CLIENT_OPTIONAL_RESULTSET_METADATA,
  CLIENT_SESSION_TRACK,
  hasCapability,
} from "../protocol/capabilities.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES, readPayloadLength } from "../protocol/framing.ts";
import { PacketReader } from "../protocol/packet_reader.ts";
import { ERR_HEADER } from "../protocol/packets/err.ts";
import {
  decodeOk,
  EOF_HEADER,
  LOCAL_INFILE_HEADER,
  OK_HEADER,
  type TrackedChange,
} from "../protocol/packets/ok.ts";
import { SERVER_MORE_RESULTS_EXISTS, SERVER_STATUS_CURSOR_EXISTS } from "../protocol/status.ts";

/** The shapes a command's response can have. */
export type ResponseShape =
  /** One packet: OK, ERR, EOF or a bare string. */
  | "single"
  /** Results: OK, ERR, a request for a local file, or column definitions and rows; several with MORE_RESULTS. */
  | "results"
  /** COM_STMT_PREPARE's OK with the definitions of parameters and columns. */
  | "prepare"
  /** Rows without definitions (COM_STMT_FETCH). */
  | "rows"
  /** Column definitions up to an EOF (COM_FIELD_LIST). */
  | "definitions"
  /** Packets without end (binlog dump). */
  | "stream";

/** Why {@link ResponseTracker.feed} stopped. */
export type FeedStop =
  /** All that could be looked at has been; what is left is the start of a packet: feed it again with more behind it. */
  | "more"
  /** The response has ended. */
  | "done"
  /** The next packet is a row that would pass a limit; nothing of it has been taken. */
  | "limit"
  /** The next packet asks for a local file; nothing of it has been taken: call `takeLocalInfile`. */
  | "infile";

/**
 * Bytes of an ERR, column count or PREPARE_OK packet that have to be there before it is looked at; what such a packet has
 * beyond (a long message) is passed over unread. An OK with session tracking has to be there whole.
 */
const CONTROL_BYTES = 2048 - HEADER_BYTES;

const FIRST = 0;
const DEFINITIONS = 1;
const DEFINITIONS_EOF = 2;
const ROWS = 3;
const PREPARE_FIRST = 4;
const SINGLE = 5;
const LISTED_DEFINITIONS = 6;
const STREAM = 7;
const INFILE_DATA = 8;

const INITIAL: Readonly<Record<ResponseShape, number>> = {
  single: SINGLE,
  results: FIRST,
  prepare: PREPARE_FIRST,
  rows: ROWS,
  definitions: LISTED_DEFINITIONS,
  stream: STREAM,
};

/**
 * Follows one response after the other by packet headers, so as to know where each ends; rows are counted, never
 * decoded. One tracker serves a session; `begin` starts the next response.
 */
export class ResponseTracker {
  /** Bytes and rows of the response so far. */
  bytes = 0;
  rows = 0;
  /** From the last OK or EOF of the session. */
  status = 0;
  affectedRows = 0;
  /** Error number of an ERR that ended the response, else 0. */
  errno = 0;
  /** Sequence id of the last packet looked at. */
  sequence = 0;
  /** Id that the last COM_STMT_PREPARE was given. */
  preparedId = 0;
  /** What session tracking reported in this response. */
  tracked: readonly TrackedChange[] = [];
  limitBytes = Infinity;
  limitRows = Infinity;

  readonly #capabilities: number;
  readonly #deprecateEof: boolean;
  readonly #optionalMetadata: boolean;
  readonly #tracking: boolean;
  #state = SINGLE;
  /** Bytes of the packet at hand that are passed over unread. */
  #skip = 0;
  /** The packet before was 16 MB long, so the next one continues it. */
  #continued = false;
  /** Definitions still to come, followed by an EOF where the session has them. */
  #definitions = 0;
  /** The response is COM_STMT_PREPARE's: definitions of parameters, then of this many columns. */
  #inPrepare = false;
  #preparedColumns = 0;
  #preparedDefined = true;
  /** The response ends with the packet that is being passed over. */
  #ending = false;

  constructor(capabilities: number) {
    this.#capabilities = capabilities;
    this.#deprecateEof = hasCapability(capabilities, CLIENT_DEPRECATE_EOF);
    this.#tracking = hasCapability(capabilities, CLIENT_SESSION_TRACK);
    this.#optionalMetadata = hasCapability(capabilities, CLIENT_OPTIONAL_RESULTSET_METADATA);
  }

  /** Starts the next response; `sequence` is that of the command's last packet. */
  begin(shape: ResponseShape, sequence: number, limitBytes: number, limitRows: number): void {
    this.#state = INITIAL[shape];
    this.sequence = sequence;
    this.bytes = 0;
    this.rows = 0;
    this.affectedRows = 0;
    this.errno = 0;
    this.tracked = NOTHING_TRACKED;
    this.limitBytes = limitBytes;
    this.limitRows = limitRows;
    this.#ending = false;
  }

  /** Whether the client is sending the file that the server asked for. */
  get awaitsFile(): boolean {
    return this.#state === INFILE_DATA;
  }

  /** Whether what has been fed ends with a whole packet, so that one of our own may follow. */
  get atPacketBoundary(): boolean {
    return this.#skip === 0 && !this.#continued;
  }

  /** Takes note that the request for a local file was passed on; the server's verdict on the file comes next. */
  takeLocalInfile(bytes: Uint8Array, at: number): number {
    const size = HEADER_BYTES + readPayloadLength(bytes, at);
    this.sequence = bytes[at + 3] as number;
    this.bytes += size;
    this.#state = INFILE_DATA;
    return at + size;
  }

  /** Where the last feed stopped: everything before belongs to the response. */
  position = 0;

  /** Looks at `bytes` from `start` up to `end` and says why it stopped; `position` says where. */
  feed(bytes: Uint8Array, start: number, end: number): FeedStop {
    let at = start;
    for (;;) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, end - at);
        this.#skip -= taken;
        this.bytes += taken;
        at += taken;
        if (this.#skip > 0) return this.#stop(at, "more");
        if (this.#ending && !this.#continued) return this.#stop(at, "done");
      }
      if (this.#state === ROWS && !this.#continued) at = this.#passRows(bytes, at, end);
      if (this.#skip > 0) continue;
      if (end - at < HEADER_BYTES) return this.#stop(at, "more");
      const length = readPayloadLength(bytes, at);
      if (this.#continued) {
        this.#pass(bytes, at, length);
        at += HEADER_BYTES;
        if (this.#skip === 0 && this.#ending && !this.#continued) return this.#stop(at, "done");
        continue;
      }
      if (length > 0 && end - at === HEADER_BYTES) return this.#stop(at, "more");
      const first = length > 0 ? bytes[at + HEADER_BYTES] as number : 0;
      if (this.#isControl(first, length)) {
        const needed = HEADER_BYTES + (this.#mayTrack(first) ? length : Math.min(length, CONTROL_BYTES));
        if (end - at < needed) return this.#stop(at, "more");
        if (this.#state === FIRST && first === LOCAL_INFILE_HEADER) return this.#stop(at, "infile");
        this.#control(bytes.subarray(at + HEADER_BYTES, at + needed), length);
      } else if (this.#state === ROWS) {
        if (this.rows >= this.limitRows || this.bytes + HEADER_BYTES + length > this.limitBytes) {
          return this.#stop(at, "limit");
        }
        this.rows++;
      } else if (this.#state === DEFINITIONS && --this.#definitions === 0) {
        this.#endDefinitions();
      }
      this.#pass(bytes, at, length);
      at += HEADER_BYTES;
      if (this.#skip === 0 && this.#ending && !this.#continued) return this.#stop(at, "done");
    }
  }

  #stop(at: number, why: FeedStop): FeedStop {
    this.position = at;
    return why;
  }

  /** The common case of many small rows that lie whole in the bytes at hand. */
  #passRows(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    let rows = this.rows;
    const { limitRows } = this;
    const limitAt = start + (this.limitBytes - this.bytes);
    while (end - at > HEADER_BYTES) {
      const length = readPayloadLength(bytes, at);
      const next = at + HEADER_BYTES + length;
      const first = bytes[at + HEADER_BYTES] as number;
      if (
        next > end || next > limitAt || first >= EOF_HEADER || length === MAX_PAYLOAD_BYTES || length === 0 ||
        rows >= limitRows
      ) break;
      rows++;
      this.sequence = bytes[at + 3] as number;
      at = next;
    }
    this.rows = rows;
    this.bytes += at - start;
    return at;
  }

  #pass(bytes: Uint8Array, at: number, length: number): void {
    this.sequence = bytes[at + 3] as number;
    this.#skip = length;
    this.#continued = length === MAX_PAYLOAD_BYTES;
    this.bytes += HEADER_BYTES;
  }

  /** Whether the packet decides how the response goes on. */
  #isControl(first: number, length: number): boolean {
    switch (this.#state) {
      case DEFINITIONS:
        return false;
      case ROWS:
        if (first === ERR_HEADER) return true;
        return first === EOF_HEADER && (this.#deprecateEof ? length < MAX_PAYLOAD_BYTES : length < 9);
      case LISTED_DEFINITIONS:
        return first >= EOF_HEADER;
      case STREAM:
        return first === ERR_HEADER || (first === EOF_HEADER && length < 9);
      default:
        return true;
    }
  }

  /** Whether a packet that decides is an OK whose session tracking may be anywhere in it. */
  #mayTrack(first: number): boolean {
    if (!this.#tracking) return false;
    if (first === OK_HEADER) return this.#state !== PREPARE_FIRST;
    return first === EOF_HEADER && this.#deprecateEof && (this.#state === ROWS || this.#state === SINGLE);
  }

  /** Reads a packet that decides; `payload` may be cut at {@link CONTROL_BYTES}, `length` is the whole one's. */
  #control(payload: Uint8Array, length: number): void {
    const first = payload[0];
    if (first === ERR_HEADER) {
      this.errno = payload.length >= 3 ? (payload[1] as number) | ((payload[2] as number) << 8) : 0;
      this.#ending = true;
      return;
    }
    switch (this.#state) {
      case SINGLE:
      case INFILE_DATA:
        if (first === OK_HEADER && length >= 7) this.#readOk(payload, length);
        else if (first === EOF_HEADER) this.#readEnd(payload, length);
        if (this.#state === INFILE_DATA && (this.status & SERVER_MORE_RESULTS_EXISTS) !== 0) {
          this.#state = FIRST;
        } else this.#ending = true;
        return;
      case FIRST:
        this.#firstOfResult(payload, length);
        return;
      case PREPARE_FIRST:
        this.#prepared(payload);
        return;
      case DEFINITIONS_EOF:
        this.#readEof(payload);
        this.#afterDefinitionsEof();
        return;
      default:
        // The end of rows, of listed definitions or of a stream.
        this.#readEnd(payload, length);
        if (this.#state === ROWS && (this.status & SERVER_MORE_RESULTS_EXISTS) !== 0) this.#state = FIRST;
        else this.#ending = true;
    }
  }

  #firstOfResult(payload: Uint8Array, length: number): void {
    if (payload[0] === OK_HEADER) {
      this.#readOk(payload, length);
      if ((this.status & SERVER_MORE_RESULTS_EXISTS) === 0) this.#ending = true;
      return;
    }
    const reader = new PacketReader(payload);
    const columns = reader.readLengthEncodedInteger();
    const hasDefinitions = !this.#optionalMetadata || reader.readUint8() !== 0;
    if (hasDefinitions && columns > 0) {
      this.#definitions = columns;
      this.#state = DEFINITIONS;
    } else {
      this.#state = this.#deprecateEof ? ROWS : DEFINITIONS_EOF;
    }
    this.#inPrepare = false;
  }

  #prepared(payload: Uint8Array): void {
    const reader = new PacketReader(payload, 1);
    this.preparedId = reader.readUint32();
    const columns = reader.readUint16();
    const parameters = reader.readUint16();
    reader.skip(1);
    if (reader.remaining >= 2) reader.skip(2);
    const hasDefinitions = !(this.#optionalMetadata && reader.remaining >= 1 && reader.readUint8() === 0);
    this.#inPrepare = true;
    this.#preparedDefined = hasDefinitions;
    this.#preparedColumns = columns;
    this.#startPreparedSection(parameters);
  }

  /** Definitions of parameters or columns; where none are sent, an EOF still ends them in sessions that have EOFs. */
  #startPreparedSection(count: number): void {
    if (count === 0) this.#endPreparedSection();
    else if (this.#preparedDefined) {
      this.#definitions = count;
      this.#state = DEFINITIONS;
    } else if (!this.#deprecateEof) this.#state = DEFINITIONS_EOF;
    else this.#endPreparedSection();
  }

  #endPreparedSection(): void {
    const columns = this.#preparedColumns;
    this.#preparedColumns = 0;
    if (columns === 0) this.#ending = true;
    else this.#startPreparedSection(columns);
  }

  #endDefinitions(): void {
    if (!this.#deprecateEof) this.#state = DEFINITIONS_EOF;
    else if (this.#inPrepare) this.#endPreparedSection();
    else this.#state = ROWS;
  }

  #afterDefinitionsEof(): void {
    if (this.#inPrepare) this.#endPreparedSection();
    else if ((this.status & SERVER_STATUS_CURSOR_EXISTS) !== 0) this.#ending = true;
    else this.#state = ROWS;
  }

  #readOk(payload: Uint8Array, length: number): void {
    const ok = decodeOk(payload, payload.length < length ? 0 : this.#capabilities);
    this.status = ok.status;
    this.affectedRows = ok.affectedRows;
    if (ok.tracked.length > 0) this.tracked = [...this.tracked, ...ok.tracked];
  }

  /** An EOF, or under CLIENT_DEPRECATE_EOF an OK with an EOF's first byte. */
  #readEnd(payload: Uint8Array, length: number): void {
    if (length >= 7 && this.#deprecateEof) this.#readOk(payload, length);
    else this.#readEof(payload);
  }

  #readEof(payload: Uint8Array): void {
    const reader = new PacketReader(payload, 1);
    if (reader.remaining < 4) return;
    reader.skip(2);
    this.status = reader.readUint16();
  }
}

const NOTHING_TRACKED: readonly TrackedChange[] = [];
