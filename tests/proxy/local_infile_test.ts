import assert from "node:assert/strict";
import { FileRequests } from "../../src/proxy/local_infile.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const LOAD = bytes("load data /* x */ LOCAL infile 'f' into table t");
const LAST = 0xffffffff;

Deno.test("a query may ask for a file when it holds both words, in any case and apart", () => {
  const files = new FileRequests();
  assert.equal(files.query(LOAD), true);
  for (const other of ["load data infile 'f'", "select local", "selec", "", "lo/**/cal infile"]) {
    assert.equal(new FileRequests().query(bytes(other)), false, other);
  }
});

Deno.test("a statement prepared from such a text may ask when it is run, by id and as the last one, until it is closed", () => {
  const files = new FileRequests();
  assert.equal(files.any, false);
  assert.equal(files.execute(7), false);
  assert.equal(files.prepare(LOAD), true);
  assert.equal(files.execute(LAST), true);
  files.prepared(7);
  assert.equal(files.execute(7), true);
  assert.equal(files.execute(8), false);
  assert.equal(files.prepare(bytes("select 1")), false);
  assert.equal(files.execute(LAST), false);
  assert.equal(files.execute(7), true);
  files.close(7);
  assert.equal(files.execute(7), false);
  assert.equal(files.any, false);
});

Deno.test("EXECUTE of a name may ask once a text has prepared one, and not before", () => {
  const files = new FileRequests();
  assert.equal(files.query(bytes("EXECUTE p")), false);
  assert.equal(files.query(bytes("PREPARE p FROM 'LOAD DATA LOCAL INFILE ...'")), true);
  assert.equal(files.query(bytes("execute p")), true);
  assert.equal(files.query(bytes("select 1")), false);
});
