import { UsageError } from "../base/errors.ts";
import { type Digest, parseDigest } from "../contract/digest.ts";

/** The digest that an option or argument gives. Errors: `UsageError`. */
export function digestArgument(text: string): Digest {
  const digest = parseDigest(text);
  if (digest !== undefined) return digest;
  throw new UsageError(`"${text}" is not a digest`, {
    hint: "Give the 64 hexadecimal digits that querycop policy test --format json, an audit record or " +
      "STATEMENT_DIGEST() has",
  });
}
