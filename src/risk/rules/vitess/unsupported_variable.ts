import { hit, statementRule } from "../../rule.ts";

/** V034. */
export const unsupportedVariable = statementRule({
  code: "V034",
  name: "unsupported-variable",
  group: "vitess",
  title: "System variable that vtgate refuses",
  score: 45,
  why: "vtgate answers VT12001 (unsupported system setting).",
  fix: "Leave it to the server's configuration.",
  fires: ["SET auto_increment_increment = 2", "SET SESSION sql_log_off = 1"],
  quiet: ["SET wait_timeout = 5", "SET NAMES utf8mb4"],
  references: ["https://vitess.io/docs/reference/query-serving/reserved-conn/"],
  targets: ["vitess", "planetscale"],
  reads: "shape",
  kinds: ["set"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.target === "system" && REFUSED.has(item.name)
        ? [hit(item, `vtgate refuses to set ${item.name}`)]
        : []
    );
  },
});

const REFUSED: ReadonlySet<string> = new Set([
  "auto_increment_increment",
  "auto_increment_offset",
  "binlog_direct_non_transactional_updates",
  "binlog_row_image",
  "binlog_rows_query_log_events",
  "innodb_ft_enable_stopword",
  "innodb_ft_user_stopword_table",
  "max_points_in_geometry",
  "max_sp_recursion_depth",
  "myisam_repair_threads",
  "myisam_sort_buffer_size",
  "myisam_stats_method",
  "ndb_allow_copying_alter_table",
  "old_alter_table",
  "sql_log_off",
]);
