import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { Random } from "../support/random.ts";
import { fuzzInput, fuzzOptions, FuzzTarget, HARD, hardText } from "../support/sql_fuzz.ts";

Deno.test("any bytes are read, split, digested and judged without a throw, alike whole and in chunks", () => {
  const random = new Random(20);
  const target = new FuzzTarget();
  for (let turn = 0; turn < 1500; turn++) {
    const bytes = fuzzInput(random);
    const options = fuzzOptions(random);
    try {
      target.run(bytes, options);
    } catch (error) {
      throw new Error(`${bytes.toHex()} ${JSON.stringify(options)}`, { cause: error });
    }
  }
});

Deno.test("texts made to be hard end, and soon enough for a test", () => {
  const target = new FuzzTarget();
  for (const entry of HARD) {
    for (const clientFile of [false, true]) {
      try {
        target.run(hardText(entry, 4000), { ...DEFAULT_SQL_OPTIONS, clientFile });
      } catch (error) {
        throw new Error(entry[0], { cause: error });
      }
    }
  }
});
