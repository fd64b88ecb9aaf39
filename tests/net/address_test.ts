import assert from "node:assert/strict";
import { formatEndpoint, ipFamily, plainEndpoint } from "../../src/net/address.ts";
import { streamFailure } from "../../src/net/stream_failure.ts";

Deno.test("an IPv4 client of a dual-stack listener is shown by its IPv4 address, others as they are", () => {
  assert.deepEqual(plainEndpoint("::ffff:192.0.2.1", 1), { host: "192.0.2.1", port: 1 });
  assert.deepEqual(plainEndpoint("::FFFF:192.0.2.1", 1), { host: "192.0.2.1", port: 1 });
  for (const host of ["192.0.2.1", "2001:db8::1", "::1", "::ffff:1"]) {
    assert.deepEqual(plainEndpoint(host, 1), { host, port: 1 });
  }
});

Deno.test("endpoints are written with brackets around IPv6, and families told from names", () => {
  assert.equal(formatEndpoint({ host: "::1", port: 3306 }), "[::1]:3306");
  assert.equal(formatEndpoint({ host: "db.example", port: 3306 }), "db.example:3306");
  assert.deepEqual([ipFamily("::1"), ipFamily("127.0.0.1"), ipFamily("db.example")], [6, 4, undefined]);
});

Deno.test("a stream's end by an error is told by its cause", () => {
  const coded = (code: string) => Object.assign(new Error("words"), { code });
  assert.equal(streamFailure(coded("ECONNRESET")).reason, "reset");
  assert.equal(streamFailure(coded("EPIPE")).reason, "closed");
  assert.equal(streamFailure(coded("ETIMEDOUT")).reason, "timeout");
  assert.equal(streamFailure(coded("EHOSTUNREACH")).reason, "unreachable");
  assert.equal(streamFailure(new Deno.errors.UnexpectedEof("no close_notify")).reason, "closed");
  assert.deepEqual(streamFailure(new Error("words")), { reason: "failed", text: "words" });
  assert.deepEqual(streamFailure("words"), { reason: "failed", text: "words" });
});
