import { decodeUtf8 } from "../protocol/packet_reader.ts";
import type { ConnectAttributes } from "../protocol/packets/handshake_response.ts";

const encoder = new TextEncoder();

/** The client's attributes and our own behind them; a client cannot set one of ours. */
export function addOwnAttributes(
  attributes: ConnectAttributes,
  own: readonly (readonly [name: string, value: string])[],
): ConnectAttributes {
  const names = new Set(own.map(([name]) => name));
  return [
    ...attributes.filter(([name]) => !names.has(decodeUtf8(name))),
    ...own.map(([name, value]) => [encoder.encode(name), encoder.encode(value)] as const),
  ];
}

/** Attributes by name, as text. */
export function attributeMap(attributes: ConnectAttributes): ReadonlyMap<string, string> {
  return new Map(attributes.map(([name, value]) => [decodeUtf8(name), decodeUtf8(value)]));
}
