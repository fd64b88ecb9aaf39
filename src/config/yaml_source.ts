/** YAML text (of which JSON is a part) whose values know where they stand. */

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { SourceError } from "../base/errors.ts";

const MEND = "Mend the YAML or JSON";

/** A path into a document: keys of mappings, indexes of lists. */
export type YamlPath = readonly PropertyKey[];

/** A value that knows where its parts stand. */
export interface PlacedValue {
  readonly value: unknown;
  error(path: YamlPath, detail: string, hint?: string, atKey?: boolean): SourceError;
}

/** One document. Keys are found whether they are written with dashes or underscores. */
export class YamlSource implements PlacedValue {
  /** What is wrong with the YAML itself; with any, {@link value} is undefined. */
  readonly errors: readonly SourceError[];
  /** The document as plain values; null where it is empty. */
  readonly value: unknown;

  readonly #name: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  /** `name` is what messages call the file. */
  constructor(text: string, name: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true });
    const errors = this.#document.errors.map((error) =>
      this.#errorAt(error.pos[0], error.message.split("\n")[0] ?? error.message, MEND)
    );
    this.value = errors.length > 0 ? undefined : this.#plain(errors);
    this.errors = errors;
  }

  /** A mistake at what stands at a path, or at the nearest thing around it; at a key's name with `atKey`. */
  error(path: YamlPath, detail: string, hint?: string, atKey = false): SourceError {
    return this.#errorAt(this.#offsetOf(path, atKey), detail, hint);
  }

  /** What stands at a path, in place of which `value` is looked at. */
  part(prefix: YamlPath, value: unknown): PlacedValue {
    return {
      value,
      error: (path, detail, hint, atKey) => this.error([...prefix, ...path], detail, hint, atKey),
    };
  }

  /** The document's values; an alias of nothing, or one too many of them, is an error. */
  #plain(errors: SourceError[]): unknown {
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document) !== undefined) return;
        errors.push(this.#errorAt(alias.range?.[0] ?? 0, `nothing is called &${alias.source}`, MEND));
      },
    });
    if (errors.length > 0) return undefined;
    try {
      return this.#document.toJS();
    } catch (error) {
      errors.push(this.#errorAt(0, error instanceof Error ? error.message : String(error), MEND));
      return undefined;
    }
  }

  #errorAt(offset: number, detail: string, hint: string | undefined): SourceError {
    const { line, col } = this.#lines.linePos(offset);
    return new SourceError(this.#name, Math.max(1, line), Math.max(1, col), detail, hint);
  }

  #offsetOf(path: YamlPath, atKey: boolean): number {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      const inside = isAlias(node) ? this.#resolve(node) : node;
      if (isMap(inside)) {
        const pair = inside.items.find(({ key }) => isCalled(nameOf(key), String(step)));
        if (pair === undefined) return offset;
        const wantsKey = atKey && index === path.length - 1;
        // A key without a value is shown itself.
        offset = (wantsKey ? undefined : startOf(pair.value)) ?? startOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(inside)) {
        node = inside.items[Number(step)];
        offset = startOf(node) ?? offset;
      } else return offset;
    }
    return offset;
  }

  #resolve(alias: Alias): Node | undefined {
    return alias.resolve(this.#document);
  }
}

function startOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined;
  const range = node.range ?? undefined;
  // An empty value has a place of no width behind its key's colon.
  return range === undefined || (isScalar(node) && node.value === null && range[0] === range[1])
    ? undefined
    : range[0];
}

function isCalled(written: string, name: string): boolean {
  return written === name || written.replaceAll("-", "_") === name;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
