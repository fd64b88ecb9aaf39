import assert from "node:assert/strict";
import { accountName } from "../../src/protocol/account_name.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("quotes around a login's user name are dropped, as servers do, and those of COM_CHANGE_USER are not", () => {
  assert.equal(accountName(bytes("'app'"), 45, "login"), "app");
  assert.equal(accountName(bytes("'app'"), 45, "change"), "'app'");
  for (const kept of ["app", "'app", "app'", "'", '"app"', "`app`", " app "]) {
    assert.equal(accountName(bytes(kept), 45, "login"), kept);
  }
  assert.equal(accountName(bytes("''app''"), 45, "login"), "'app'");
  assert.equal(accountName(bytes("''"), 45, "login"), "");
});

Deno.test("a user name is the same account in every character set that writes it", () => {
  const zoe = {
    45: [0x7a, 0x6f, 0xc3, 0xab],
    8: [0x7a, 0x6f, 0xeb],
    1032: [0x7a, 0x6f, 0xeb],
    9: [0x7a, 0x6f, 0xeb],
  };
  for (const [collation, name] of Object.entries(zoe)) {
    assert.equal(accountName(Uint8Array.from(name), Number(collation), "login"), "zoë", collation);
  }
  assert.equal(accountName(Uint8Array.of(0xd6, 0xd0), 28, "login"), "中");
  assert.equal(accountName(Uint8Array.of(0xd6, 0xd0), 1052, "change"), "中");
});

Deno.test("a user name that no decoder here reads is no account", () => {
  // cp850 and swe7, in which MySQL takes these for ë and Ä.
  assert.equal(accountName(Uint8Array.of(0x7a, 0x6f, 0x89), 4, "login"), undefined);
  assert.equal(accountName(bytes("[pp"), 10, "login"), undefined);
  assert.equal(accountName(bytes("app"), 4, "login"), "app");
  assert.equal(accountName(bytes("app"), 10, "login"), "app");
});

Deno.test("what is past 128 characters is cut off, as MariaDB does", () => {
  assert.equal(accountName(bytes("ä".repeat(128) + "x"), 45, "login"), "ä".repeat(128));
  assert.equal(accountName(bytes("ä".repeat(128)), 45, "login"), "ä".repeat(128));
});
