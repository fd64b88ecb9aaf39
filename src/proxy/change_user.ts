import { encodePackets } from "../protocol/framing.ts";
import { decodeUtf8 } from "../protocol/packet_reader.ts";
import { decodeChangeUser, encodeChangeUser } from "../protocol/packets/change_user.ts";
import { CLIENT_CONNECT_ATTRS, hasCapability } from "../protocol/capabilities.ts";
import { addOwnAttributes, attributeMap } from "./connect_attributes.ts";
import { AuthRelay } from "./auth_relay.ts";
import type { RelayState } from "./relay_state.ts";

/**
 * Passes COM_CHANGE_USER on and turns the session to a login, which the server may answer at once or, as MySQL does,
 * with an AuthSwitchRequest. User, schema and collation count once it has said OK. After an ERR MySQL closes the
 * connection; a server that lacks the command (1047, as Vitess) leaves it open and the session as it was.
 */
export function startChangeUser(state: RelayState, payload: Uint8Array): void {
  const { capabilities, session, settings, output } = state;
  const request = decodeChangeUser(payload, capabilities);
  const accepted = {
    user: decodeUtf8(request.user),
    schema: decodeUtf8(request.schema),
    collation: request.collation ?? session.collation,
    attributes: attributeMap(request.attributes),
  };
  state.loginPending = () => void Object.assign(session, accepted);
  const { clientSecure, backendSecure } = settings.authentication;
  const withAttributes = hasCapability(capabilities, CLIENT_CONNECT_ATTRS) && request.collation !== undefined
    ? { ...request, attributes: addOwnAttributes(request.attributes, settings.ownAttributes) }
    : request;
  // A response made for one kind of leg means nothing on the other; without one the server asks again, with a new nonce.
  const passed = clientSecure !== backendSecure && PASSWORD_PLUGINS.has(request.authPlugin)
    ? { ...withAttributes, authResponse: EMPTY }
    : withAttributes;
  state.authentication = new AuthRelay(request.authPlugin, EMPTY, settings.authentication);
  state.mode = "authentication";
  state.authSequence = { client: 1, backend: 1 };
  output.toBackend(encodePackets(0, encodeChangeUser(passed, capabilities)));
}

/** Plugins whose first response is, or stands for, the password itself. */
const PASSWORD_PLUGINS: ReadonlySet<string> = new Set(["sha256_password", "mysql_clear_password"]);
const EMPTY = new Uint8Array(0);
