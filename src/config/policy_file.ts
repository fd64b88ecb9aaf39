import type { PolicyDefinition } from "../contract/policy_file.ts";
import { checkPolicyTogether } from "./policy_checks.ts";
import { policySchema, type PolicyVocabulary } from "./policy_schema.ts";
import { checkAgainst } from "./schema_issues.ts";
import type { SourceError } from "../base/errors.ts";
import { YamlSource } from "./yaml_source.ts";

/** What reading a policy file gave. */
export interface ParsedPolicy {
  /** Undefined where there are errors. */
  readonly file: PolicyDefinition | undefined;
  /** Every mistake, by its place. */
  readonly errors: readonly SourceError[];
  /** What works and is hardly meant, by its place. */
  readonly warnings: readonly SourceError[];
}

/** Reads a policy from YAML or JSON. `name` is what messages call the file. Never throws for what is in the text. */
export function parsePolicyFile(text: string, name: string, vocabulary: PolicyVocabulary): ParsedPolicy {
  const source = new YamlSource(text, name);
  if (source.errors.length > 0) return { file: undefined, errors: source.errors, warnings: [] };
  const { value, errors } = checkAgainst(source, policySchema(vocabulary));
  const together = checkPolicyTogether(source, vocabulary);
  const all = [...errors, ...together.errors].sort(byPlace);
  return {
    file: all.length === 0 ? value : undefined,
    errors: all,
    warnings: [...together.warnings].sort(byPlace),
  };
}

function byPlace(a: SourceError, b: SourceError): number {
  return a.line - b.line || a.column - b.column;
}
