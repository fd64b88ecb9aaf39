/** The shape of a policy file, for checking it and for editors. */

import * as z from "zod";
import type { PolicyDefinition } from "../contract/policy_file.ts";
import { parseCidr } from "../base/cidr.ts";
import { parseDurationMs } from "../base/duration.ts";
import { nearest } from "../base/suggest.ts";
import { parseWildcard } from "../base/wildcard.ts";
import { complain } from "./schema_issues.ts";

const VITESS_VERSION = /^\d{1,2}(\.\d{1,2}){0,2}$/;

/** What words of a policy may name; given as a value, since the rules are not known here. */
export interface PolicyVocabulary {
  /** Rules, groups and kinds of statement, for suggestions. */
  readonly selectors: readonly string[];
  /** Rules and groups, for suggestions. */
  readonly rules: readonly string[];
  isSelector(word: string): boolean;
  isRule(word: string): boolean;
  isTablePattern(text: string): boolean;
  /** Whether one selector surely takes in all that another one does. Both are known to be selectors. */
  covers(outer: string, inner: string): boolean;
  /** Why a selector's rules never fire in serve under these settings, for people; undefined where they may. */
  dormant(word: string, risk: PolicyDefinition["risk"]): string | undefined;
}

/** The schema of a policy file whose words are checked against a vocabulary. */
export function policySchema(vocabulary: PolicyVocabulary): z.ZodType<PolicyDefinition> {
  const score = z.number().min(0).max(101);
  const selector = z.string().superRefine((word, context) => {
    if (vocabulary.isSelector(word)) return;
    const near = nearest(word, vocabulary.selectors);
    complain(
      context,
      `no rule, group, kind of statement or digest is called "${word}"`,
      near === undefined ? "querycop explain lists the rules" : `Did you mean ${near}?`,
    );
  });
  const rule = z.string().superRefine((word, context) => {
    if (vocabulary.isRule(word)) return;
    const near = nearest(word, vocabulary.rules);
    complain(
      context,
      `no rule or group is called "${word}"`,
      near === undefined ? "querycop explain lists the rules" : `Did you mean ${near}?`,
    );
  });
  const pattern = z.string().superRefine((text, context) => {
    if (parseWildcard(text) !== undefined) return;
    complain(
      context,
      text === "" ? "the pattern is empty" : `the pattern "${text}" ends in a lone backslash`,
      "Write a name in which * stands for any letters and ? for one; \\ takes the next letter as it is",
    );
  });
  const table = z.string().superRefine((text, context) => {
    if (vocabulary.isTablePattern(text)) return;
    complain(
      context,
      `"${text}" is no pattern of tables`,
      "Write schema.table, or table alone, with * and ?",
    );
  });
  const client = z.string().superRefine((text, context) => {
    const range = parseCidr(text);
    if (!("problem" in range)) return;
    switch (range.problem) {
      case "host-bits":
        return complain(context, `"${text}" has bits set behind its prefix`, `Write ${range.meant}`);
      case "bad-length":
        return complain(
          context,
          `"${text}" has no prefix length that fits the address`,
          "Write 0 to 32 for IPv4, 0 to 128 for IPv6",
        );
      case "not-an-address":
        return complain(
          context,
          `"${text}" is no range of addresses`,
          "Write one like 10.1.0.0/16 or 2001:db8::/32; names of hosts are not looked up",
        );
    }
  });
  const tables = z.strictObject({
    deny: z.array(table).describe("Tables no statement may name"),
    read_only: z.array(table).describe("Tables no statement may change"),
    disposable: z.array(table).describe("Tables that may lose all their rows: caches, sessions, queues"),
  }).partial().describe("Patterns schema.table, or table in any schema; case does not count");
  const limit = z.number().min(0).max(1_000_000);
  const common = {
    thresholds: z.strictObject({
      warn: score.describe("Recorded as worth a look"),
      hold: score.describe("Waits for an approver"),
      block: score.describe("Refused"),
    }).partial().describe("Scores at and above which something happens; 101 for never"),
    allow: z.array(selector).describe(
      "Rules whose findings do not count; digests and kinds that pass thresholds",
    ),
    hold: z.array(selector).describe("What waits for an approver"),
    deny: z.array(selector).describe("What is always refused"),
    tables,
    limits: z.strictObject({
      response_mb: limit.describe("Most that one statement may return, in MB"),
      window_mb: limit.describe("Most that one connection may fetch in any 60 seconds, in MB"),
      statements_per_second: limit.describe("Of the whole role in one process"),
      rows: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).describe("Most rows of one result"),
    }).partial().describe("0 is no limit; what is left out follows the configuration"),
    hold_in_transaction: z.union([z.literal(0), z.string()]).superRefine((value, context) => {
      if (parseDurationMs(String(value)) !== undefined) return;
      complain(
        context,
        `"${value}" is not a duration`,
        "Write one with its unit, such as 10s, or 0 to refuse",
      );
    }).describe("Longest hold inside an open transaction; 0 refuses at once"),
  };
  const role = z.strictObject({
    name: z.string().superRefine((name, context) => {
      if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return;
      complain(
        context,
        `"${name}" is no name for a role`,
        "Use up to 64 letters, digits, dots, dashes and underscores",
      );
    }).describe("The role default is for everyone that no other role matches"),
    match: z.strictObject({
      users: z.array(pattern).min(1).describe("Patterns of user names, case counting"),
      schemas: z.array(pattern).min(1).describe("Patterns of the current schema"),
      targets: z.array(pattern).min(1).describe(
        "Vitess: patterns of keyspace:shard@type|alias, such as *@replica* or *:*; without a type it is @primary",
      ),
      workloads: z.array(pattern).min(1).describe("Vitess: patterns of workloads: oltp, olap, dba"),
      clients: z.array(client).min(1).describe("Ranges of client addresses, IPv4 and IPv6"),
    }).partial().describe("Who the role is for: all that is given must match"),
    only: z.literal("learned").describe("Refuse statements that querycop policy learn has not taken in"),
    ...common,
  }).partial().required({ name: true });
  return z.strictObject({
    $schema: z.string().optional().describe("Address of this schema, for editors"),
    version: z.literal(1),
    ...common,
    roles: z.array(role).describe("The first that matches a session holds for it"),
    risk: z.strictObject({
      target: z.enum(["auto", "mysql", "vitess", "planetscale"]).describe("auto asks the server"),
      vitess_version: z.union([z.string(), z.number()]).superRefine((value, context) => {
        if (VITESS_VERSION.test(String(value))) return;
        complain(context, `"${value}" is not a Vitess version`, "Write it like 24.0");
      }).describe("Vitess version, for example 24.0; 23.0 where it is left out"),
      sharded: z.boolean().describe("Tables live in a sharded keyspace"),
      safe_migrations: z.boolean().describe("The branch refuses direct DDL"),
      foreign_keys: z.boolean().describe("Foreign key constraints are enabled for the database"),
      large_tables: z.array(z.string()).describe("Tables too large to alter in one statement"),
      sensitive_tables: z.array(z.string()).describe("Tables that hold personal or secret data"),
      max_packet_mb: z.number().min(1).max(1024).describe("The server's max_allowed_packet, in MB"),
      rules: z.array(rule).describe("Only these rules run: codes, names, groups or letters"),
      ignore: z.array(rule).describe("These rules do not run"),
      enable: z.array(rule).describe("Opt-in rules that run too"),
      weights: z.record(rule, z.number().min(0).max(100)).describe("Scores that replace the rules' own"),
    }).partial().describe("How statements are scored; words as in querycop.yaml"),
    shadow: z.string().min(1).describe("A second policy that is evaluated beside this one, without effect"),
  }).partial().required({ version: true });
}

/** The JSON Schema of a policy file, for editors. */
export function policyJsonSchema(): object {
  const anything: PolicyVocabulary = {
    selectors: [],
    rules: [],
    isSelector: () => true,
    isRule: () => true,
    isTablePattern: () => true,
    covers: () => false,
    dormant: () => undefined,
  };
  return { title: "querycop policy", ...z.toJSONSchema(policySchema(anything), { io: "input" }) };
}
