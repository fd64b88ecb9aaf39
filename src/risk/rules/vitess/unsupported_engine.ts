import { isViewStandIn, option } from "../../definitions.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Storage engine other than InnoDB. PlanetScale's UNSUPPORTED_FEATURE. */
export const unsupportedEngine = statementRule({
  code: "V006",
  name: "unsupported-engine",
  group: "vitess",
  title: "Storage engine other than InnoDB",
  score: 70,
  why: "Vitess and PlanetScale work on InnoDB alone; a deploy request with another engine is rejected.",
  fix: "Leave ENGINE out or write ENGINE=InnoDB.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=MyISAM", "ALTER TABLE t ENGINE=Aria"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=InnoDB"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement, context) {
    if (statement.kind === "create-table" && isViewStandIn(statement, context.file?.dump === true)) {
      return NO_HITS;
    }
    const options = statement.kind === "create-table"
      ? statement.options
      : statement.items.flatMap((item) => (item.action === "option" ? [item.option] : []));
    const engine = option(options, "ENGINE");
    // A word that names no engine is filled in before it runs: ENGINE=ENGINE_TYPE.
    return engine === undefined || !ENGINES.has(engine.value.toLowerCase())
      ? NO_HITS
      : [hit(engine, `${engine.value} is not supported`)];
  },
});

/** Engines of MySQL, MariaDB and others, InnoDB excepted. */
const ENGINES: ReadonlySet<string> = new Set(
  ("archive aria blackhole columnstore connect csv example federated federatedx heap isam memory merge mroonga " +
    "mrg_myisam myisam myrocks ndb ndbcluster oqgraph rocksdb s3 sequence sphinx spider tokudb xtradb").split(
      " ",
    ),
);
