import type { Endpoint, TlsInfo } from "../net/mod.ts";
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

/** What querycop adds about the client: `_client_ip`, `_client_port`, and the version and cipher of its TLS. */
export function ownAttributesOf(
  client: Endpoint,
  tls: TlsInfo | undefined,
): readonly (readonly [string, string])[] {
  const attributes: [string, string][] = [
    ["_client_ip", client.host],
    ["_client_port", String(client.port)],
  ];
  if (tls?.version !== undefined) attributes.push(["_client_tls_version", tls.version]);
  if (tls?.cipher !== undefined) attributes.push(["_client_tls_cipher", tls.cipher]);
  return attributes;
}
