import assert from "node:assert/strict";
import type { Stream } from "../../src/net/mod.ts";
import { certificate, connectTls, legTls, root, serveTls } from "./_tls_server.ts";

/** More than the kernel's buffers on both sides hold. */
const FLOOD_BYTES = 64 * 1024 * 1024;
const CHUNK = new Uint8Array(64 * 1024).fill(1);

/** Writes until `FLOOD_BYTES` are out or nothing moves any more; resolves to what was written by then. */
async function flood(stream: Stream): Promise<number> {
  let written = 0;
  let last = -1;
  const writing = (async () => {
    while (written < FLOOD_BYTES) {
      await stream.write(CHUNK);
      written += CHUNK.length;
    }
  })().catch(() => {});
  while (written < FLOOD_BYTES && written !== last) {
    last = written;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  stream.close();
  await writing;
  return written;
}

for (const mode of ["require", "verify-full"] as const) {
  Deno.test(`${mode}: a side that does not read holds the other back, in both directions`, async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => release = resolve);
    let fromServer = 0;
    await using server = serveTls(legTls(certificate), async (stream) => {
      const buffer = new Uint8Array(1);
      await stream.read(buffer);
      if (buffer[0] === 1) fromServer = await flood(stream);
      else await released;
    });
    const tls = { mode, caPem: root.pem };
    const upwards = await connectTls(server.listener, tls);
    await upwards.write(Uint8Array.of(0));
    assert.ok(await flood(upwards) < FLOOD_BYTES / 2, "client to server");
    release();
    const downwards = await connectTls(server.listener, tls);
    await downwards.write(Uint8Array.of(1));
    await server.stop();
    downwards.close();
    assert.ok(fromServer < FLOOD_BYTES / 2, "server to client");
  });
}
