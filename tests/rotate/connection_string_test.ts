import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../src/base/secret.ts";
import {
  newConnectionString,
  parseConnectionString,
  withLogin,
} from "../../src/rotate/sinks/connection_string.ts";
import { EnvFileSink, type EnvNames } from "../../src/rotate/sinks/env_file.ts";
import type { Pair } from "../../src/rotate/sinks/sink.ts";

const NAMES: EnvNames = { username: "DATABASE_USERNAME", password: "DATABASE_PASSWORD" };

function pairOf(password: string): Pair {
  const target = { organization: "acme", database: "shop", branch: "main" };
  return {
    ...target,
    runId: "bcdfghjk",
    id: "new1",
    name: "querycop-2026-11-22-bcdfghjk",
    username: "new_user",
    password: new Secret(password),
    host: "db.example",
    replaces: ["old_user"],
  };
}

/** A file with this text, its text after a delivery, and what is read back from it. */
async function delivered(text: string, password = "pscale_pw_new", names = NAMES) {
  const folder = await Deno.makeTempDir({ prefix: "querycop-url-" });
  try {
    const path = `${folder}/app.env`;
    await Deno.writeFile(path, Uint8Array.from(text, (each) => each.charCodeAt(0)));
    const sink = new EnvFileSink({ path, names });
    const before = (await sink.recall("old_user"))?.reveal();
    await sink.deliver(pairOf(password));
    const bytes = await Deno.readFile(path);
    const after = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return { before, after, read: (await sink.recall("new_user", ["old_user"]))?.reveal() };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the login of every form of connection string is read and replaced, and nothing else of it changes", () => {
  const forms: readonly (readonly [text: string, rest: (login: string) => string])[] = [
    [
      "mysql://old_user:p%40ss@db.example/shop?sslaccept=strict",
      (at) => `mysql://${at}@db.example/shop?sslaccept=strict`,
    ],
    ["mysql2://old_user:p%40ss@127.0.0.1:3306/shop", (at) => `mysql2://${at}@127.0.0.1:3306/shop`],
    ["jdbc:mysql://old_user:p%40ss@[::1]:3306/shop", (at) => `jdbc:mysql://${at}@[::1]:3306/shop`],
    [
      "mysql+pymysql://old_user:p%40ss@h/shop?ssl_ca=/etc/ssl",
      (at) => `mysql+pymysql://${at}@h/shop?ssl_ca=/etc/ssl`,
    ],
    [
      'mysql://old_user:p%40ss@h/shop?ssl={"rejectUnauthorized":true}',
      (at) => `mysql://${at}@h/shop?ssl={"rejectUnauthorized":true}`,
    ],
  ];
  for (const [text, rest] of forms) {
    const { username, password } = parseConnectionString(text) ?? {};
    assert.deepEqual([username, password], ["old_user", "p@ss"], text);
    assert.equal(withLogin(text, { username: "n", password: "a/b:c@d" }), rest("n:a%2Fb%3Ac%40d"));
  }
  const go = "old_user:p@ss@tcp(db.example:3306)/shop?tls=true";
  assert.equal(parseConnectionString(go)?.password, "p@ss");
  assert.equal(withLogin(go, { username: "n", password: "q" }), "n:q@tcp(db.example:3306)/shop?tls=true");
  for (const text of ["mysql://db.example/shop", "mysql://u:%zz@h/d", "a:b", "", "https://h/?a=b@c"]) {
    assert.equal(parseConnectionString(text), undefined, text);
  }
});

Deno.test("any username and password come back from a connection string that was made of them", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: "grapheme" }),
      fc.string({ unit: "grapheme" }),
      (username, password) => {
        const made = newConnectionString({ username, password }, { host: "h", database: "shop" });
        const read = parseConnectionString(made);
        assert.deepEqual([read?.username, read?.password], [username, password]);
      },
    ),
  );
});

Deno.test("a file with connection strings gets the pair in each of them, in its own bytes and quotes", async () => {
  const text = [
    "\xef\xbb\xbfNAME=caf\xe9 # Latin-1, \x93quoted\x94\r",
    "DATABASE_URL='mysql://old_user:old%40@h/shop?ssl={\"rejectUnauthorized\":true}' # the shop\r",
    'OTHER_URL="mysql://old_user:old%40@h/shop"\r',
    "export BARE=mysql://old_user:old%40@h/shop?a=b&c=d   # kept",
    "GO=old_user:old@@tcp(h:3306)/shop",
    "STRANGER=mysql://somebody:x@h/shop",
    "",
  ].join("\n");
  const { before, after, read } = await delivered(text, "pscale_pw_a+b");
  assert.equal(before, "old@");
  assert.equal(read, "pscale_pw_a+b");
  assert.equal(
    after,
    text.replaceAll("old_user:old%40", "new_user:pscale_pw_a%2Bb").replace(
      "old_user:old@",
      "new_user:pscale_pw_a+b",
    ),
  );
});

Deno.test("two variables and a connection string are kept in step, and one that lags behind is not taken for the pair", async () => {
  const both =
    "DATABASE_USERNAME=old_user # u\nDATABASE_PASSWORD='old' # p\nDATABASE_URL=mysql://old_user:old@h/shop\n";
  const { after, read } = await delivered(both);
  assert.equal(
    after,
    "DATABASE_USERNAME=new_user # u\nDATABASE_PASSWORD=pscale_pw_new # p\nDATABASE_URL=mysql://new_user:pscale_pw_new@h/shop\n",
  );
  assert.equal(read, "pscale_pw_new");
  const path = await Deno.makeTempFile({ prefix: "querycop-url-" });
  try {
    const sink = new EnvFileSink({ path, names: NAMES });
    for (
      const changed of [
        after.replace("mysql://new_user:pscale_pw_new", "mysql://old_user:old"),
        after.replace("DATABASE_USERNAME=new_user", "DATABASE_USERNAME=old_user"),
        after.replace("mysql://new_user:pscale_pw_new", "mysql://new_user:other"),
        after.replace("DATABASE_PASSWORD=pscale_pw_new", "DATABASE_PASSWORD="),
        after.replace("DATABASE_USERNAME=new_user # u\n", ""),
        "",
      ]
    ) {
      await Deno.writeTextFile(path, changed);
      assert.equal(await sink.recall("new_user", ["old_user"]), undefined, changed);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a connection string is made where --env-url names one that is not there", async () => {
  const { after, read } = await delivered("A=1\n", "p%w", { ...NAMES, url: "DATABASE_URL" });
  assert.equal(after, "A=1\nDATABASE_URL='mysql://new_user:p%25w@db.example/shop?sslaccept=strict'\n");
  assert.equal(read, "p%w");
  const named = await delivered("URL=mysql://gone:x@h/shop\n", "q", { ...NAMES, url: "URL" });
  assert.equal(named.after, "URL=mysql://new_user:q@h/shop\n");
});
