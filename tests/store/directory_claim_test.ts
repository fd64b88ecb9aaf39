import assert from "node:assert/strict";
import { createLogger } from "../../src/base/logger.ts";
import { claimDirectory } from "../../src/store/directory_claim.ts";
import { withDirectory } from "./_store.ts";

function collecting() {
  const lines: string[] = [];
  const logger = createLogger({ level: "info", format: "json", write: (line) => lines.push(line) });
  return { lines, logger };
}

Deno.test("a second process on a data directory is warned once, and told when it has it alone", async () => {
  await withDirectory(async (directory) => {
    const { lines, logger } = collecting();
    const first = claimDirectory(directory, logger);
    assert.deepEqual(lines, []);
    const second = claimDirectory(directory, logger, 1);
    assert.equal(second.held(), false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? "",
      new RegExp(`"level":"warn".*another querycop.*"pid":"${Deno.pid}".*GATEKEEPER_DATA_DIR`),
    );
    first.release();
    while (!second.held()) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.match(lines[1] ?? "", /no other querycop/);
    second.release();
    const third = claimDirectory(directory, logger);
    assert.equal(third.held(), true);
    third.release();
    assert.equal(lines.length, 2);
  });
});

Deno.test("a data directory that does not exist is not claimed, and nothing is said", () => {
  const { lines, logger } = collecting();
  const claim = claimDirectory("/nonexistent/querycop", logger);
  assert.equal(claim.held(), false);
  claim.release();
  assert.deepEqual(lines, []);
});
