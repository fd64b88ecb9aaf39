import { ProtocolError } from "../base/errors.ts";
import { accountName } from "../protocol/account_name.ts";
import { CLIENT_CONNECT_ATTRS, hasCapability } from "../protocol/capabilities.ts";
import {
  ER_ACCESS_DENIED_ERROR,
  ER_CON_COUNT_ERROR,
  ER_UNKNOWN_COM_ERROR,
  type ErrorCode,
} from "../protocol/error_codes.ts";
import { encodePackets } from "../protocol/framing.ts";
import { decodeUtf8 } from "../protocol/packet_reader.ts";
import { type ChangeUser, decodeChangeUser, encodeChangeUser } from "../protocol/packets/change_user.ts";
import { decodeErr, encodeErr } from "../protocol/packets/err.ts";
import { decodeOk, type OkPacket } from "../protocol/packets/ok.ts";
import { type AuthMessage, AuthRelay } from "./auth_relay.ts";
import { addOwnAttributes, attributeMap } from "./connect_attributes.ts";
import type { NewLogin, RelayState } from "./relay_state.ts";

/** Why a COM_CHANGE_USER is answered by querycop; the session stays as it was. */
export interface ChangeUserRefusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * Passes COM_CHANGE_USER on and turns the session to a login, which the server may answer at once or, as MySQL does,
 * with an AuthSwitchRequest. User, schema and collation count once it has said OK. After an ERR MySQL closes the
 * connection; a server that lacks the command (1047, as Vitess) leaves it open and the session as it was. `done` is told
 * when the session is the new user's, or has stayed the old one's.
 */
export function startChangeUser(
  state: RelayState,
  payload: Uint8Array,
  done: NewLogin["done"],
): ChangeUserRefusal | undefined {
  const { capabilities, session, settings, output } = state;
  const request = readRequest(payload, capabilities);
  if (request === undefined) return { code: ER_UNKNOWN_COM_ERROR, message: "Unknown command" };
  const collation = request.collation ?? session.collation;
  const user = accountName(request.user, collation, "change");
  if (user === undefined) return { code: ER_ACCESS_DENIED_ERROR, message: UNREADABLE_USER };
  if (!settings.users.mayEnter(user)) return tooMany(user);
  const accepted = {
    user,
    schema: decodeUtf8(request.schema),
    collation,
    attributes: attributeMap(request.attributes),
  };
  const { clientSecure, backendSecure } = settings.authentication;
  const withAttributes = hasCapability(settings.backendCapabilities, CLIENT_CONNECT_ATTRS)
    ? { ...request, attributes: addOwnAttributes(request.attributes, settings.ownAttributes) }
    : request;
  // A response made for one kind of leg means nothing on the other; without one the server asks again, with a new nonce.
  const passed = clientSecure !== backendSecure && PASSWORD_PLUGINS.has(request.authPlugin)
    ? { ...withAttributes, authResponse: EMPTY }
    : withAttributes;
  const relay = new AuthRelay(request.authPlugin, EMPTY, settings.authentication);
  state.newLogin = { relay, accepted, done, startedMs: settings.now() };
  state.mode = "authentication";
  state.authSequence = { client: 1, backend: 1 };
  output.toBackend(encodePackets(0, encodeChangeUser(passed, settings.backendCapabilities)));
  return undefined;
}

/** Takes a packet of either side in the new login. */
export function followChangeUser(
  state: RelayState,
  from: "client" | "backend",
  payload: Uint8Array,
  sequence: number,
): void {
  const { newLogin, authSequence, output, settings } = state;
  if (newLogin === undefined) throw new ProtocolError("Cannot read a packet: no login is under way");
  const { relay, accepted } = newLogin;
  authSequence[from] = (sequence + 1) & 0xff;
  let messages = from === "client" ? relay.fromClient(payload) : relay.fromBackend(payload);
  let refusal: ChangeUserRefusal | undefined;
  if (relay.outcome === "ok" && !settings.users.enter(accepted.user)) {
    // Others took the last places meanwhile, and the server has changed the user already.
    refusal = tooMany(accepted.user);
    const { errno, sqlState } = refusal.code;
    messages = [{ to: "client", payload: encodeErr(errno, sqlState, refusal.message) }];
    state.ending = "limit";
  }
  for (const { to, payload } of messages) {
    const packet = encodePackets(authSequence[to], payload);
    authSequence[to] = (authSequence[to] + 1) & 0xff;
    if (to === "client") output.toClient(packet);
    else output.toBackend(packet);
  }
  if (relay.outcome === undefined) return;
  state.newLogin = undefined;
  if (relay.outcome === "ok" && refusal === undefined) return succeed(state, newLogin, payload);
  // One that we refuse in the middle leaves the server waiting for the client's answer.
  if (from === "client") state.ending = "login_refused";
  else state.mode = "command";
  fail(state, newLogin, messages);
}

/** A request whose user, auth response or schema cannot be read is none, as for the server. */
function readRequest(payload: Uint8Array, capabilities: number): ChangeUser | undefined {
  try {
    return decodeChangeUser(payload, capabilities);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}

function succeed(state: RelayState, newLogin: NewLogin, payload: Uint8Array): void {
  const { session, settings, capabilities } = state;
  const ok = decodeOk(payload, capabilities);
  const { user: before } = session;
  Object.assign(session, newLogin.accepted);
  for (const change of ok.tracked) if (change.kind === "schema") session.schema = change.name;
  session.status = ok.status;
  state.tracker.status = ok.status;
  state.prepared.clear();
  state.mode = "command";
  settings.judge.userChanged();
  tell(state, newLogin, "ok", 0, ok.tracked);
  const { user } = session;
  settings.onChangeUser({ user, from: before, authPlugin: newLogin.relay.plugin, failure: undefined });
}

function fail(state: RelayState, newLogin: NewLogin, messages: readonly AuthMessage[]): void {
  const shown = messages.find(({ to }) => to === "client")?.payload;
  const failure = shown === undefined ? { errno: 0, message: "" } : decodeErr(shown);
  tell(state, newLogin, "error", failure.errno, []);
  state.settings.onChangeUser({
    user: newLogin.accepted.user,
    from: state.session.user,
    authPlugin: newLogin.relay.plugin,
    failure,
  });
}

function tell(
  { settings, session }: RelayState,
  { done, startedMs }: NewLogin,
  result: "ok" | "error",
  errno: number,
  tracked: OkPacket["tracked"],
): void {
  done?.({
    result,
    errno,
    durationMs: settings.now() - startedMs,
    bytes: 0,
    rows: 0,
    affectedRows: 0,
    status: session.status,
    tracked,
  });
}

function tooMany(user: string): ChangeUserRefusal {
  return { code: ER_CON_COUNT_ERROR, message: tooManyOfUser(user) };
}

/** What a user with too many connections is told. */
export function tooManyOfUser(user: string): string {
  return `querycop: too many connections of user ${user} (GATEKEEPER_MAX_CONNECTIONS_PER_USER)`;
}

/** Which account it is decides what the session may do, so it has to be known. */
export const UNREADABLE_USER =
  "querycop: the user name cannot be read in the character set of this login; log in with utf8mb4";

/** Plugins whose first response is, or stands for, the password itself. */
const PASSWORD_PLUGINS: ReadonlySet<string> = new Set(["sha256_password", "mysql_clear_password"]);
const EMPTY = new Uint8Array(0);
