import assert from "node:assert/strict";
import { parse } from "yaml";
import { mergeSnapshots } from "../../src/admin/merge_snapshots.ts";
import { Metrics } from "../../src/admin/metrics.ts";
import type { ProcessSnapshot } from "../../src/admin/process_view.ts";

/** A process in which everything has happened once, so that every metric has every label. */
function busy(): ProcessSnapshot {
  const quiet = mergeSnapshots([]);
  return {
    ...quiet,
    proxy: {
      ...quiet.proxy,
      ended: { client_quit: 1 },
      tlsHandshakes: { "client ok": 1, "backend ok": 1 },
      dials: { "4 ok": 1, "6 refused": 1 },
    },
    judging: {
      ...quiet.judging,
      groups: { destructive: 1 },
      limited: { statements_per_second: 1 },
      shadowDiffers: { "allow>refuse": 1 },
      ownUs: { bounds: [1], counts: [1, 1], sum: 2 },
      backendMs: { bounds: [1], counts: [1, 1], sum: 2 },
    },
  };
}

/** Label names of each series that /metrics gives, and the values that are in a closed set. */
async function exported(): Promise<Map<string, Map<string, Set<string>>>> {
  const metrics = new Metrics({ pooler: "vitess" }, "1.2.3");
  const text = await metrics.text(busy(), {
    requests: { 200: 1 },
    eventStreams: 1,
    webhook: { delivered: 1, failed: 1, dropped: 1 },
    connections: { open: 1, refused: 1, timedOut: 1 },
    acceptFailures: 1,
  });
  const series = new Map<string, Map<string, Set<string>>>();
  for (const [, name = "", labels = ""] of text.matchAll(/^(querycop_\w+)(?:\{([^}]*)\})? /gm)) {
    // The scrape adds job and instance.
    const known = series.get(name) ?? new Map([["job", new Set<string>()], ["instance", new Set<string>()]]);
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
    series.set(name, known);
  }
  return series;
}

/** Labels whose every value is told by {@link busy}. */
const CLOSED = ["decision", "state"];

async function checkExpression(expression: string, where: string): Promise<void> {
  const series = await exported();
  const used = [...expression.matchAll(/\b(querycop_\w+)(?:\{([^}]*)\})?/g)];
  assert.ok(used.length > 0 || /\bup\{/.test(expression), `${where} looks at no metric: ${expression}`);
  const labels = new Set<string>();
  for (const [, name = "", matchers = ""] of used) {
    const known = series.get(name);
    assert.ok(known !== undefined, `${where}: there is no ${name}`);
    for (const label of known.keys()) labels.add(label);
    for (
      const [, label = "", operator = "", value = ""] of matchers.matchAll(
        /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g,
      )
    ) {
      assert.ok(known.has(label), `${where}: ${name} has no label ${label}`);
      if (CLOSED.includes(label) && !operator.includes("~")) {
        assert.ok(known.get(label)?.has(value), `${where}: ${name} has no ${label} ${value}`);
      }
    }
  }
  for (const [, list = ""] of expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)) {
    for (const label of list.split(",").map((label) => label.trim())) {
      assert.ok(labels.has(label), `${where}: nothing here has a label ${label}`);
    }
  }
}

Deno.test("every panel of the Grafana dashboard is of metrics and labels that are exported", async () => {
  const dashboard = JSON.parse(await Deno.readTextFile("scripts/deploy/grafana/dashboard.json")) as {
    panels: { title: string; type: string; targets?: { expr: string; legendFormat: string }[] }[];
    templating: { list: { name: string; query: string | { query: string } }[] };
  };
  const panels = dashboard.panels.filter(({ type }) => type !== "row");
  assert.ok(panels.length > 10);
  for (const { title, targets = [] } of panels) {
    assert.ok(targets.length > 0, `${title} shows nothing`);
    for (const { expr, legendFormat } of targets) {
      await checkExpression(expr, title);
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.match(expr, new RegExp(`by \\([^)]*\\b${label}\\b`), `${title}: its legend names ${label}`);
      }
    }
  }
  for (const { name, query } of dashboard.templating.list) {
    if (typeof query === "object") await checkExpression(query.query, name);
  }
});

Deno.test("every metric is on the Grafana dashboard", async () => {
  const text = await Deno.readTextFile("scripts/deploy/grafana/dashboard.json");
  for (const name of new Metrics({ pooler: "none" }, "1.2.3").names) {
    assert.match(text, new RegExp(`\\b${name}(_bucket)?\\b`), `${name} is on no panel`);
  }
});

Deno.test("every alert is of metrics and labels that are exported, and says what is the matter", async () => {
  const { groups } = parse(await Deno.readTextFile("scripts/deploy/prometheus/alerts.yaml")) as {
    groups: {
      rules: {
        alert: string;
        expr: string;
        for?: string;
        labels: Record<string, string>;
        annotations: Record<string, string>;
      }[];
    }[];
  };
  const rules = groups.flatMap(({ rules }) => rules);
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  for (const { alert, expr, labels, annotations } of rules) {
    await checkExpression(expr, alert);
    assert.match(labels["severity"] ?? "", /^(critical|warning|info)$/);
    assert.match(annotations["summary"] ?? "", /\S/);
    for (const [, label = ""] of Object.values(annotations).join(" ").matchAll(/\$labels\.(\w+)/g)) {
      const kept = [...expr.matchAll(/\bby \(([^)]*)\)/g)];
      for (const [, list = ""] of kept) {
        assert.ok(list.split(", ").includes(label), `${alert} names ${label}, which its expression drops`);
      }
    }
  }
});
