import { inputRule } from "../../rule.ts";

/** Byte order mark, NUL, bytes that are not UTF-8, or bare carriage returns. */
export const oddEncoding = inputRule({
  code: "M009",
  name: "odd-encoding",
  group: "meta",
  title: "Byte order mark, NUL, bytes that are not UTF-8, or bare carriage returns",
  score: 8,
  why:
    "Clients and servers disagree about such bytes: the statement that runs may not be the one that was reviewed.",
  fix: "Save the file as UTF-8 without a byte order mark, with line feeds.",
  fires: ["\ufeffSELECT 1;\n"],
  quiet: ["SELECT 'größe';\n"],
  references: [],
});
