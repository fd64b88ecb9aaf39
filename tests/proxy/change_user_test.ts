/** COM_CHANGE_USER against the limit on a user's sessions, and session tracking that is longer than usual. */
import assert from "node:assert/strict";
import * as capability from "../../src/protocol/capabilities.ts";
import * as com from "../../src/protocol/commands.ts";
import { encodePackets } from "../../src/protocol/framing.ts";
import { PacketWriter } from "../../src/protocol/packet_writer.ts";
import { decodeChangeUser, encodeChangeUser } from "../../src/protocol/packets/change_user.ts";
import { decodeErr } from "../../src/protocol/packets/err.ts";
import { attributeMap } from "../../src/proxy/connect_attributes.ts";
import type { CommandOutcome } from "../../src/proxy/decision.ts";
import {
  command,
  concat,
  type Decide,
  DEFAULT_CAPABILITIES,
  ok,
  reply,
  runSession,
  text,
} from "./_relay_harness.ts";

const NONE = new Uint8Array(0);
const changeUser = command(com.COM_CHANGE_USER, "other\0\0shop\0");
const ping = { command: command(com.COM_PING), reply: reply(ok()) };

Deno.test("a change to a user with no place left is refused, and the session stays who it was", () => {
  const { toBackend, toClient, state } = runSession(
    [{ command: changeUser, reply: NONE, forwarded: NONE }, ping],
    { users: { mayEnter: (user) => user !== "other", enter: () => true } },
  );
  assert.deepEqual(toBackend, ping.command);
  assert.equal(decodeErr(toClient.subarray(4, 4 + (toClient[0] as number))).errno, 1040);
  assert.deepEqual(toClient.subarray(-ping.reply.length), ping.reply);
  assert.equal(state.session.user, "app");
});

Deno.test("a change of user that cannot be read gets the server's answer, and the session stays who it was", () => {
  const unreadable = command(com.COM_CHANGE_USER, "other");
  const { toBackend, toClient, state } = runSession([
    { command: unreadable, reply: NONE, forwarded: NONE },
    ping,
  ]);
  assert.deepEqual(toBackend, ping.command);
  assert.equal(decodeErr(toClient.subarray(4, 4 + (toClient[0] as number))).errno, 1047);
  assert.deepEqual(toClient.subarray(-ping.reply.length), ping.reply);
  assert.equal(state.session.user, "app");
});

Deno.test("a change that succeeds when the last place has gone ends the session, and the client is told", () => {
  const { toClient, state } = runSession(
    [{ command: changeUser, reply: reply(ok()) }],
    { users: { mayEnter: () => true, enter: () => false } },
  );
  assert.equal(decodeErr(toClient.subarray(4)).errno, 1040);
  assert.equal(toClient[3], 1);
  assert.equal(state.ending, "limit");
  assert.equal(state.session.user, "app");
});

Deno.test("a client without connection attributes changes its user on a leg that has them", () => {
  const attributes = [["_client_ip", "192.0.2.1"]] as const;
  const backend = DEFAULT_CAPABILITIES | capability.CLIENT_SECURE_CONNECTION | capability.CLIENT_PLUGIN_AUTH |
    capability.CLIENT_CONNECT_ATTRS;
  const capabilities = backend & ~capability.CLIENT_CONNECT_ATTRS;
  const request = {
    user: text("other"),
    authResponse: NONE,
    schema: text("shop"),
    collation: 45,
    authPlugin: "caching_sha2_password",
    attributes: [],
  };
  const sent = encodePackets(0, encodeChangeUser(request, capabilities));
  const { toBackend } = runSession([{ command: sent, reply: reply(ok()), forwarded: NONE }], {
    capabilities,
    backendCapabilities: backend,
    ownAttributes: attributes,
  });
  const passed = decodeChangeUser(toBackend.subarray(4), backend);
  assert.deepEqual(attributeMap(passed.attributes), new Map(attributes));
  assert.deepEqual([passed.user, passed.schema, passed.collation], [
    request.user,
    request.schema,
    request.collation,
  ]);
});

Deno.test("session tracking is read wherever in an OK packet it stands, however long the packet", () => {
  const change = (kind: number, ...fields: readonly string[]) => {
    const inner = new PacketWriter();
    for (const field of fields) inner.writeLengthEncodedBytes(text(field));
    return new PacketWriter().writeUint8(kind).writeLengthEncodedBytes(inner.finish()).finish();
  };
  for (const length of [10, 3000, 70_000, 500_000]) {
    const tracked = concat([change(0, "long", "v".repeat(length)), change(1, "elsewhere")]);
    const payload = new PacketWriter().writeBytes(ok(0x4002)).writeLengthEncodedBytes(NONE)
      .writeLengthEncodedBytes(tracked).finish();
    const use = { command: command(com.COM_QUERY, "use elsewhere"), reply: encodePackets(1, payload) };
    let outcome: CommandOutcome | undefined;
    const decide: Decide = () => ({ action: "allow", done: (ended) => outcome = ended });
    for (const pieces of [[1000], [1 << 20]]) {
      const { toClient, state } = runSession([use, ping], {
        decide,
        pieces,
        capabilities: DEFAULT_CAPABILITIES | capability.CLIENT_SESSION_TRACK,
      });
      assert.deepEqual(toClient, concat([use.reply, ping.reply]));
      assert.equal(state.session.schema, "elsewhere");
      assert.equal(outcome?.tracked.length, 2);
    }
  }
});
