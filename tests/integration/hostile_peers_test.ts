/** Peers that mean harm: plaintext slipped in before TLS, TLS taken away, files asked for. */
import assert from "node:assert/strict";
import { bytes, packet, text } from "../support/bytes.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { FaultBench, TLS_CAPABILITIES, within } from "../support/fault_bench.ts";
import { BASIC_CAPABILITIES, CAPABILITY, err, greeting, ok } from "../support/packets.ts";
import { echo, type Script, scriptServer, serveCommands, serveLogin } from "../support/scripted_peer.ts";
import { startQuerycop } from "../support/querycop.ts";
import { capabilitiesFor, loginHead, readGreeting, WireClient, WireError } from "../support/wire_client.ts";
import { WireSocket } from "../support/wire_socket.ts";

const ca = authority();
const certificate = issue(ca, { dns: ["localhost"], ip: ["127.0.0.1"] });
const pair = { cert: certificate.pem, key: certificate.keyPem };
const files = write(certificate);

Deno.test("what a client's network slips in between its request for TLS and TLS never reaches the backend", async () => {
  const seen: string[] = [];
  await using server = await scriptServer(async (socket) => {
    const login = await serveLogin(socket);
    const answer = echo(login);
    await serveCommands(socket, (command, argument, peer) => {
      seen.push(text(argument));
      return answer(command, argument, peer);
    });
  });
  await using querycop = await startQuerycop({
    backend: { port: server.port },
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "disable",
      GATEKEEPER_PROXY_TLS_CERT: files.cert,
      GATEKEEPER_PROXY_TLS_KEY: files.key,
    },
  });
  const capabilities = capabilitiesFor({ port: 0, user: "", password: "", tls: {} });
  const slipped = bytes(
    packet(2, bytes(loginHead(capabilities & ~CAPABILITY.ssl), "mallory", 0, 0, "caching_sha2_password", 0)),
    packet(0, bytes(3, "SELECT 'slipped in'")),
  );
  const socket = await WireSocket.connect(querycop.port);
  await readGreeting(socket);
  await socket.write(bytes(packet(1, loginHead(capabilities)), slipped));
  await assert.rejects(
    within(socket.startTlsClient({ ca: ca.pem, servername: "localhost" }), "the end of the handshake"),
  );
  socket.close();
  using client = await WireClient.login({
    port: querycop.port,
    user: "app",
    password: "x",
    tls: { ca: ca.pem },
  });
  await client.query("SELECT 'honest'");
  assert.deepEqual(seen, ["SELECT 'honest'"]);
});

Deno.test("bytes behind a backend's greeting end the login before anything is sent", async () => {
  await using bench = await FaultBench.start({ certificate });
  for (const extra of [ok(), err(1045, "28000", "made up by the network"), greeting()]) {
    const received = Promise.withResolvers<number>();
    bench.use(async (socket) => {
      await socket.write(bytes(packet(0, greeting({ capabilities: TLS_CAPABILITIES })), packet(2, extra)));
      received.resolve((await socket.readToEnd()).length);
    });
    await assert.rejects(within(bench.login(), "the end of the login"), WireError);
    assert.equal(await within(received.promise, "the end of the backend's connection"), 0);
    await bench.assertServes();
  }
});

Deno.test("plaintext in place of TLS ends the login, and no credential was sent", async () => {
  await using bench = await FaultBench.start({ certificate });
  const received = Promise.withResolvers<Uint8Array>();
  bench.use(async (socket) => {
    await socket.send(greeting({ capabilities: TLS_CAPABILITIES }));
    const { payload } = await socket.readPacket();
    assert.equal(payload.length, 32, "something else than a request for TLS");
    await socket.write(packet(2, ok()));
    received.resolve(await socket.readToEnd());
  });
  await assert.rejects(within(bench.login(), "the end of the login"), WireError);
  const rest = await within(received.promise, "the end of the backend's connection");
  assert.ok(!text(rest).includes("app"), "the login went out in plaintext");
  await bench.assertServes();
});

for (const mode of ["require", "verify-ca", "verify-full"]) {
  Deno.test(`${mode} sends nothing of the client's to a backend whose greeting offers no TLS`, async () => {
    await using bench = await FaultBench.start({
      certificate,
      env: { GATEKEEPER_BACKEND_TLS_MODE: mode },
    });
    const received = Promise.withResolvers<Uint8Array>();
    bench.use(async (socket) => {
      await socket.send(greeting({ capabilities: BASIC_CAPABILITIES }));
      received.resolve((await socket.readPacket()).payload);
    });
    await assert.rejects(within(bench.login(), "the end of the login"), (error: WireError) => {
      assert.equal(error.errno, 2026);
      assert.match(error.message, /does not offer TLS/);
      return true;
    });
    // The login is ended as a user that no server has: one that breaks off would count against querycop's host.
    const login = new TextDecoder().decode(
      (await within(received.promise, "the backend's packet")).subarray(32),
    );
    assert.match(login, /^querycop-nobody\0\0\w+\0$/);
    await bench.assertServes();
  });
}

Deno.test("prefer goes on in plaintext where the backend offers no TLS, and takes TLS where it does", async () => {
  await using bench = await FaultBench.start({ certificate, env: { GATEKEEPER_BACKEND_TLS_MODE: "prefer" } });
  for (const capabilities of [BASIC_CAPABILITIES, TLS_CAPABILITIES]) {
    const used = Promise.withResolvers<boolean>();
    bench.use(async (socket) => {
      const login = await serveLogin(socket, { pair, capabilities });
      used.resolve(login.tls);
      await serveCommands(socket, echo(login));
    });
    using client = await bench.login();
    assert.deepEqual(await client.query("SELECT 1"), [["SELECT 1"]]);
    assert.equal(await used.promise, capabilities === TLS_CAPABILITIES);
  }
});

Deno.test("a backend gets no file that the session did not ask it to load", async () => {
  await using bench = await FaultBench.start();
  const script = (command: number): Script => async (socket) => {
    await serveLogin(socket, { capabilities: BASIC_CAPABILITIES | CAPABILITY.localFiles });
    socket.resetSequence();
    const request = await socket.readPacket();
    assert.equal(request.payload[0], command);
    await socket.send(bytes(0xfb, "/etc/passwd"));
    const { payload } = await socket.readPacket();
    assert.equal(payload.length, 0, "the backend was sent a file");
    await socket.send(ok());
    await serveCommands(socket, () => [ok()]);
  };
  const execute = packet(0, bytes(0x17, 1, 0, 0, 0, 0, 1, 0, 0, 0));
  for (const request of [packet(0, bytes(3, "SELECT 1")), execute]) {
    bench.use(script(request[4] ?? 0));
    using client = await bench.login(CAPABILITY.localFiles);
    await client.socket.write(request);
    await assert.rejects(within(client.readResult(), "the answer"), /asked for a local file/);
    assert.deepEqual(await within(client.query("SELECT 2"), "the next answer"), []);
    await bench.assertServes();
  }
});

Deno.test("an error in place of the greeting reaches the client as the backend sent it", async () => {
  await using bench = await FaultBench.start();
  bench.use(async (socket) => {
    await socket.send(err(1040, undefined, "Too many connections"));
    socket.end();
  });
  await assert.rejects(bench.login(), { errno: 1040, sqlState: "", message: "Too many connections" });
  await bench.assertServes();
});
