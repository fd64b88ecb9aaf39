import { assertNever } from "../base/assert_never.ts";
import { ProtocolError } from "../base/errors.ts";
import { queryTextOffset } from "../protocol/packets/query.ts";
import type { JudgedCommand } from "./decision.ts";

const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * The bytes that are judged of a command's payload, a view into it where they are text. `undefined`: a COM_QUERY whose
 * attributes (`withAttributes`) cannot be read, so that nobody knows where its text begins.
 */
export function judgedText(
  judged: JudgedCommand,
  payload: Uint8Array,
  withAttributes: boolean,
): Uint8Array | undefined {
  switch (judged) {
    case "query":
      return withAttributes ? textBehindAttributes(payload) : payload.subarray(1);
    case "binlog_dump":
    case "shutdown":
    case "reset_connection":
      return EMPTY;
    case "change_user":
    case "field_list": {
      const end = payload.indexOf(0, 1);
      return payload.subarray(1, end < 0 ? payload.length : end);
    }
    case "process_kill":
    case "set_option":
    case "refresh": {
      let value = 0;
      for (let index = Math.min(payload.length, 5) - 1; index >= 1; index--) {
        value = value * 256 + (payload[index] as number);
      }
      return encoder.encode(String(value));
    }
    case "prepare":
    case "init_db":
    case "create_db":
    case "drop_db":
      return payload.subarray(1);
    default:
      return assertNever(judged);
  }
}

function textBehindAttributes(payload: Uint8Array): Uint8Array | undefined {
  try {
    return payload.subarray(queryTextOffset(payload));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
