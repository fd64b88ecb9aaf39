import assert from "node:assert/strict";
import { isIP } from "node:net";
import fc from "fast-check";
import { cidrContains, cidrCovers, parseAddress, parseCidr } from "../../src/base/cidr.ts";

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const v4 = octets.map((parts) => parts.join("."));
const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
const v6Groups = fc.tuple(group, group, group, group, group, group, group, group);
const v6 = v6Groups.map((groups) => compressed(groups));

/** An IPv6 text, its longest run of zeros as `::`. */
function compressed(groups: readonly number[]): string {
  const text = groups.map((one) => one.toString(16)).join(":");
  return text.replace(/(^|:)0(:0)+(:|$)/, "::");
}

/** The address as a number, by a way of its own: bytes of an URL's host, or of dotted text. */
function oracle(address: string): { readonly family: number; readonly value: bigint } {
  if (!address.includes(":")) {
    return { family: 4, value: address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  const [head = "", tail = ""] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const all = [...left, ...new Array<string>(8 - left.length - right.length).fill("0"), ...right];
  const value = all.reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n);
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

/** `address/bits` without what stands behind the prefix, for the oracle's number. */
function range(address: string, share: number): { readonly text: string; readonly bits: number } {
  const { family } = oracle(address);
  const width = family === 4 ? 32 : 128;
  const bits = Math.round(share * width);
  const parsed = parseCidr(`${address}/${address.includes(":") && family === 4 ? bits + 96 : bits}`);
  if ("problem" in parsed) {
    assert.equal(parsed.problem, "host-bits");
    return { text: parsed.problem === "host-bits" ? parsed.meant : "", bits };
  }
  return { text: `${address}/${address.includes(":") && family === 4 ? bits + 96 : bits}`, bits };
}

Deno.test("a range contains what a comparison of numbers says", () => {
  const address = fc.oneof(v4, v6, v4.map((text) => `::ffff:${text}`));
  fc.assert(fc.property(
    address,
    address,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.boolean(),
    (a, other, share, near) => {
      const { text, bits } = range(a, share);
      const parsed = parseCidr(text);
      assert.ok(!("problem" in parsed), text);
      const b = near ? a : other;
      const groups = parseAddress(b);
      assert.ok(groups !== undefined);
      const [x, y] = [oracle(a), oracle(b)];
      const shift = BigInt((x.family === 4 ? 32 : 128) - bits);
      assert.equal(
        cidrContains(parsed, groups),
        x.family === y.family && x.value >> shift === y.value >> shift,
      );
    },
  ));
});

Deno.test("a range covers another one that begins in it and is no wider", () => {
  fc.assert(fc.property(octets, fc.nat(32), fc.nat(32), (parts, a, b) => {
    const text = parts.join(".");
    const [outer, inner] = [range(text, a / 32), range(text, b / 32)].map(({ text }) => parseCidr(text));
    assert.ok(outer !== undefined && inner !== undefined && !("problem" in outer) && !("problem" in inner));
    assert.equal(cidrCovers(outer, inner), a <= b);
  }));
});

Deno.test("an address is one exactly where the system says so", () => {
  const odd = fc.array(
    fc.constantFrom("0", "1", "f", "10", "255", "256", "01", ":", "::", ".", "ffff"),
    {
      maxLength: 16,
    },
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(odd, v4, v6), (text) => {
      assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0, text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a range with bits behind its prefix is told with what was meant", () => {
  assert.deepEqual(parseCidr("10.1.2.3/16"), { problem: "host-bits", meant: "10.1.0.0/16" });
  assert.deepEqual(parseCidr("2001:db8::1/32"), { problem: "host-bits", meant: "2001:db8::/32" });
  assert.deepEqual(parseCidr("::1/0"), { problem: "host-bits", meant: "::/0" });
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "::/129", "10.0.0.0/-1"]) {
    assert.deepEqual(parseCidr(text), { problem: "bad-length" }, text);
  }
  for (const text of ["", "db", "10.0.0", "10.0.0.0.0/8", "1::2::3", "/8"]) {
    assert.deepEqual(parseCidr(text), { problem: "not-an-address" }, text);
  }
});
