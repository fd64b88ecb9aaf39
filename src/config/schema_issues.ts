/** What zod finds wrong, in words: what was found, where, what is allowed. */

import * as z from "zod";
import { nearest } from "../base/suggest.ts";
import type { SourceError } from "../base/errors.ts";
import type { PlacedValue, YamlPath } from "./yaml_source.ts";

/** The parts of a JSON Schema that are read here. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

/** Checks a document against a schema; every mistake with its place, in the document's order. */
export function checkAgainst<S extends z.ZodType>(
  source: PlacedValue,
  schema: S,
): { readonly value: z.infer<S> | undefined; readonly errors: readonly SourceError[] } {
  const result = schema.safeParse(source.value ?? {});
  if (result.success) return { value: result.data, errors: [] };
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode;
  const errors = result.error.issues.flatMap((issue) => describe(source, issue, json));
  return { value: undefined, errors };
}

/** A refinement's complaint: what is wrong with the value, and what to write. */
export function complain(context: z.RefinementCtx, message: string, hint: string | undefined): void {
  context.addIssue({ code: "custom", message, params: { hint } });
}

function describe(source: PlacedValue, issue: z.core.$ZodIssue, json: SchemaNode): SourceError[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(nodeAt(json, path)?.properties ?? {});
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const hint = near === undefined ? `Allowed here: ${known.join(", ")}` : `Did you mean ${near}?`;
      return source.error([...path, key], `unknown key "${key}"${inside(path)}`, hint, true);
    });
  }
  if (issue.code === "custom") {
    return [source.error(path, issue.message, hintOf(issue))];
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => source.error(path, inner.message, hintOf(inner), true));
  }
  const found = valueAt(source.value, path);
  const node = nodeAt(json, path);
  const allowed = describeAllowed(node);
  const near = typeof found === "string" ? nearest(found, wordsOf(node)) : undefined;
  const hint = near !== undefined
    ? `Did you mean ${near}?`
    : allowed === undefined
    ? undefined
    : `Write ${allowed}`;
  const name = path.length === 0 ? "the file" : showPath(path);
  if (found === undefined && path.length > 0) return [source.error(path, `${name} is missing`, hint)];
  return [source.error(path, `${name} is ${showValue(found)}, which is not allowed`, hint)];
}

function hintOf(issue: z.core.$ZodIssue): string | undefined {
  const hint: unknown = issue.code === "custom" ? issue.params?.["hint"] : undefined;
  return typeof hint === "string" ? hint : undefined;
}

/** `roles[0].match`. */
function showPath(path: YamlPath): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("").replace(
    /^\./,
    "",
  );
}

/** A value as a person would name it, at most some 60 characters. */
function showValue(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value) ?? String(value);
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return typeof value === "string" ? `the text ${shown}` : shown;
}

function inside(path: YamlPath): string {
  return path.length === 0 ? "" : ` in ${showPath(path)}`;
}

function describeAllowed(node: SchemaNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.const !== undefined) return JSON.stringify(node.const).replaceAll('"', "");
  if (node.enum !== undefined) return `one of ${node.enum.join(", ")}`;
  if (node.anyOf !== undefined) {
    return node.anyOf.map(describeAllowed).filter((text) => text !== undefined).join(", or ");
  }
  if (typeof node.type === "object") {
    return node.type.map((type) => describeAllowed({ ...node, type })).join(", or ");
  }
  switch (node.type) {
    case "number":
    case "integer": {
      const what = node.type === "integer" ? "a whole number" : "a number";
      const { minimum, maximum } = node;
      if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) {
        return minimum === undefined ? what : `${what} of ${minimum} or more`;
      }
      return `${what} from ${minimum ?? 0} to ${maximum}`;
    }
    case "boolean":
      return "true or false";
    case "string":
      return "a text, in quotes where it looks like something else";
    case "array":
      return `a list such as [a, b]${(node.minItems ?? 0) > 0 ? " with at least one entry" : ""}`;
    case "object": {
      const keys = Object.keys(node.properties ?? {}).filter((key) => !key.startsWith("$"));
      return keys.length === 0 ? "a mapping" : `a mapping with keys among ${keys.join(", ")}`;
    }
    default:
      return undefined;
  }
}

function wordsOf(node: SchemaNode | undefined): string[] {
  return [node?.const, ...(node?.enum ?? []), ...(node?.anyOf ?? []).flatMap(wordsOf)]
    .filter((word) => typeof word === "string");
}

function nodeAt(node: SchemaNode, path: YamlPath): SchemaNode | undefined {
  let at: SchemaNode | undefined = node;
  for (const step of path) {
    if (at === undefined) return undefined;
    const { additionalProperties: others }: SchemaNode = at;
    at = typeof step === "number"
      ? at.items
      : at.properties?.[String(step)] ?? (typeof others === "object" ? others : undefined);
  }
  return at;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  let at = value;
  for (const step of path) at = (at as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step];
  return at;
}
