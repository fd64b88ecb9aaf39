/** A validator for JSON Schema draft 4 to 2020-12, as much of it as the schemas of report formats and of OpenAPI use. */

type Schema = { readonly [keyword: string]: unknown };

/** What is wrong with a document by a schema, one line a mistake; empty when it is valid. */
export function schemaErrors(schema: unknown, document: unknown): string[] {
  const errors: string[] = [];
  check(asSchema(schema), document, "$", asSchema(schema), errors);
  return errors;
}

/** Keywords that say nothing about validity, or that `check` looks at. Any other is a gap in this validator. */
const KNOWN = new Set([
  ..."$schema $id id title description default definitions examples $comment".split(" "),
  ..."$ref type enum const properties required additionalProperties".split(" "),
  ..."items minItems maxItems uniqueItems minimum maximum minLength maxLength pattern format".split(" "),
  ..."propertyNames components".split(" "),
  ..."allOf anyOf oneOf not".split(" "),
]);

function check(schema: Schema, value: unknown, path: string, root: Schema, errors: string[]): void {
  for (const keyword of Object.keys(schema)) {
    if (!KNOWN.has(keyword)) throw new Error(`The validator does not know the keyword ${keyword}`);
  }
  if (typeof schema.$ref === "string") return check(resolve(root, schema.$ref), value, path, root, errors);
  const fail = (message: string): void => void errors.push(`${path}: ${message}`);
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, String(type)))) {
    return fail(`is not of type ${schema.type}`);
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value))) {
    fail("is not one of the values allowed");
  }
  if ("const" in schema && !same(schema.const, value)) fail("is not the constant");
  if (typeof value === "number") {
    if (typeof schema.minimum === "number" && value < schema.minimum) fail(`is below ${schema.minimum}`);
    if (typeof schema.maximum === "number" && value > schema.maximum) fail(`is above ${schema.maximum}`);
  }
  if (typeof value === "string") {
    if (typeof schema.pattern === "string" && !new RegExp(schema.pattern, "u").test(value)) {
      fail("does not match the pattern");
    }
    if (typeof schema.minLength === "number" && value.length < schema.minLength) fail("is too short");
    if (typeof schema.maxLength === "number" && value.length > schema.maxLength) fail("is too long");
    if (schema.format === "uri" && !URL.canParse(value)) fail("is not a URI");
    if (schema.format === "uri-reference" && !URL.canParse(value, "file:///x/")) {
      fail("is not a URI reference");
    }
  }
  if (Array.isArray(value)) checkArray(schema, value, path, root, errors, fail);
  else if (typeof value === "object" && value !== null) {
    checkObject(schema, value as Record<string, unknown>, path, root, errors, fail);
  }
  for (const one of list(schema.allOf)) check(one, value, path, root, errors);
  const passes = (one: Schema): boolean => {
    const inner: string[] = [];
    check(one, value, path, root, inner);
    return inner.length === 0;
  };
  if (schema.anyOf !== undefined && !list(schema.anyOf).some(passes)) fail("matches none of anyOf");
  if (schema.oneOf !== undefined && list(schema.oneOf).filter(passes).length !== 1) {
    fail("does not match one of oneOf");
  }
  if (schema.not !== undefined && passes(asSchema(schema.not))) fail("matches what it must not");
}

function checkArray(
  schema: Schema,
  value: readonly unknown[],
  path: string,
  root: Schema,
  errors: string[],
  fail: (message: string) => void,
): void {
  if (typeof schema.minItems === "number" && value.length < schema.minItems) fail("has too few items");
  if (typeof schema.maxItems === "number" && value.length > schema.maxItems) fail("has too many items");
  if (schema.uniqueItems === true && new Set(value.map((one) => JSON.stringify(one))).size < value.length) {
    fail("has the same item twice");
  }
  if (schema.items !== undefined) {
    for (const [index, item] of value.entries()) {
      check(asSchema(schema.items), item, `${path}[${index}]`, root, errors);
    }
  }
}

function checkObject(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  root: Schema,
  errors: string[],
  fail: (message: string) => void,
): void {
  for (const name of (schema.required ?? []) as string[]) if (!(name in value)) fail(`lacks ${name}`);
  const properties = (schema.properties ?? {}) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value)) {
    if (schema.propertyNames !== undefined) {
      check(asSchema(schema.propertyNames), name, `${path}.${name}`, root, errors);
    }
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own !== undefined) check(asSchema(own), inner, `${path}.${name}`, root, errors);
    else if (schema.additionalProperties === false) fail(`may not have ${name}`);
    else if (typeof schema.additionalProperties === "object") {
      check(asSchema(schema.additionalProperties), inner, `${path}.${name}`, root, errors);
    }
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`The validator does not know the type ${type}`);
  }
}

function resolve(root: Schema, reference: string): Schema {
  let at: unknown = root;
  for (const part of reference.replace(/^#\/?/, "").split("/")) {
    if (part !== "") at = (at as Record<string, unknown>)[part];
  }
  return asSchema(at);
}

function asSchema(value: unknown): Schema {
  if (typeof value !== "object" || value === null) {
    throw new Error("A schema is missing where one is referred to");
  }
  return value as Schema;
}

function list(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
