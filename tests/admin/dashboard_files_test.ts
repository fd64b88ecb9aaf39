import assert from "node:assert/strict";
import fc from "fast-check";
import { FILES } from "../../src/admin/dashboard/files.ts";
import { dashboardFile } from "../../src/admin/dashboard/mod.ts";
import { formatBytes, formatMs, formatSetting, formatSpan } from "../../src/admin/dashboard/assets/format.js";
import { EventParser } from "../../src/admin/dashboard/assets/stream.js";

const page = FILES.get("index.html") ?? "";
const ownModules = [...FILES].filter(([name]) => name.endsWith(".js") && name !== "uplot.js");

Deno.test("whatever the page and its modules name is carried along", () => {
  const named = [...page.matchAll(/(?:href|src)="\/assets\/([^"]+)"/g)].map(([, name]) => name ?? "");
  assert.ok(named.length >= 4);
  for (const [file, text] of ownModules) {
    for (const [, from] of text.matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gm)) {
      assert.match(from ?? "", /^\.\/[\w.]+$/, `${file} imports ${from}, which a browser cannot resolve`);
      named.push((from ?? "").slice(2));
    }
  }
  for (const name of named) assert.ok(FILES.has(name), `${name} is not carried along`);
  for (const [name] of ownModules) assert.ok(named.includes(name), `${name} is carried and never used`);
});

Deno.test("every source of the page is carried along", async () => {
  const folder = new URL("../../src/admin/dashboard/assets/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    assert.ok(FILES.has(name), `${name} is missing in files.ts`);
  }
});

Deno.test("nothing in the page needs more than its policy gives", () => {
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/, "inline script");
  assert.doesNotMatch(page, /<style|\sstyle=/, "inline style");
  assert.doesNotMatch(page, /\son\w+=/, "inline handler");
  assert.doesNotMatch(page, /https?:/, "a foreign address");
  for (const [name, text] of ownModules) {
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|srcdoc/,
      `${name} makes markup or code from text`,
    );
    assert.doesNotMatch(text, /https?:/, `${name} names a foreign address`);
  }
});

Deno.test("files come under a policy that takes nothing from elsewhere, and no frame around them", async () => {
  for (const name of FILES.keys()) {
    const response = await dashboardFile(name);
    assert.equal(response.status, 200);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), FILES.get(name));
  }
  const missing = await dashboardFile("../routes.ts");
  assert.equal(missing.status, 404);
});

Deno.test("the charts' library comes with its licence", () => {
  assert.match(FILES.get("uplot-licence.txt") ?? "", /MIT License/);
});

Deno.test("a stream of events reads the same however it is cut", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const event = fc.record({ event: word, data: fc.jsonValue(), id: fc.option(word, { nil: "" }) });
  fc.assert(
    fc.property(fc.array(event), fc.array(fc.nat()), fc.constantFrom("\n", "\r\n"), (events, cuts, end) => {
      const text = events.map(({ event, data, id }) =>
        [": keep-alive", `event: ${event}`, `data: ${JSON.stringify(data)}`, `id: ${id}`, "", ""].join(end)
      ).join("");
      const got: unknown[] = [];
      const parser = new EventParser((event, data, id) => got.push({ event, data: JSON.parse(data), id }));
      let from = 0;
      for (const cut of [...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]) {
        parser.push(text.slice(from, cut));
        from = cut;
      }
      assert.equal(JSON.stringify(got), JSON.stringify(events));
    }),
  );
});

Deno.test("numbers are shown as people read them", () => {
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(1536), "1.5 KB");
  assert.equal(formatBytes(300 * 1024 * 1024), "300 MB");
  assert.equal(formatMs(0), "0 ms");
  assert.equal(formatMs(0.3123), "0.31 ms");
  assert.equal(formatMs(1500), "1.5 s");
  assert.equal(formatSpan(-3), "0s");
  assert.equal(formatSpan(250), "4m 10s");
  assert.equal(formatSpan(7200), "2h");
  assert.equal(formatSetting({ users: ["a*", "b"], read_only: undefined }), "users: a*, b");
});
