import { LineCounter, parseDocument, Scalar, YAMLMap } from "yaml";
import { ConfigError } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import { type ConfigKey, fileKeyOf, keyEntries } from "./keys.ts";

/** A value as it stands in a configuration file. */
export interface FileValue {
  readonly text: string;
  readonly line: number;
}

/** What a configuration file holds, and what is wrong with it. */
export interface ConfigFile {
  readonly values: ReadonlyMap<ConfigKey, FileValue>;
  readonly problems: readonly ConfigError[];
}

/** Reads `backend_host: db.example.com` and the like from YAML, of which JSON is a part. `name` is for messages. */
export function parseConfigFile(text: string, name: string): ConfigFile {
  const problems: ConfigError[] = [];
  const values = new Map<ConfigKey, FileValue>();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const refuse = (offset: number, message: string, hint: string) => {
    const { line, col } = lines.linePos(offset);
    problems.push(new ConfigError(name, `${name}:${line}:${col}: ${message}`, { hint }));
  };
  for (const error of document.errors) {
    refuse(error.pos[0], error.message.split("\n")[0] ?? error.message, "Mend the YAML or JSON");
  }
  const root = document.contents;
  if (problems.length > 0 || root === null) return { values, problems };
  if (!(root instanceof YAMLMap)) {
    refuse(
      root.range?.[0] ?? 0,
      "the file is not a mapping of keys to values",
      "Write lines such as backend_host: db.example.com",
    );
    return { values, problems };
  }
  const byName = new Map(keyEntries().map(([key, definition]) => [fileKeyOf(definition), key]));
  for (const { key: keyNode, value } of root.items) {
    const keyText = keyNode instanceof Scalar ? String(keyNode.value) : String(keyNode);
    const offset = keyNode instanceof Scalar ? keyNode.range?.[0] ?? 0 : 0;
    // Editors find the schema by it.
    if (keyText === "$schema") continue;
    const key = byName.get(keyText);
    if (key === undefined) {
      const near = nearest(keyText, byName.keys());
      refuse(
        offset,
        `unknown key "${keyText}"`,
        near === undefined ? "querycop config schema lists the keys" : `Did you mean ${near}?`,
      );
    } else if (
      !(value instanceof Scalar) || !["string", "number", "boolean", "bigint"].includes(typeof value.value)
    ) {
      if (value instanceof Scalar && value.value === null) continue;
      refuse(offset, `the value of ${keyText} is not a single value`, `Write ${keyText}: and one value`);
    } else {
      // A number is taken as it was written: 08 or 1e3 are for the key's own check, not for YAML's idea of them.
      values.set(key, { text: value.source ?? String(value.value), line: lines.linePos(offset).line });
    }
  }
  return { values, problems };
}
