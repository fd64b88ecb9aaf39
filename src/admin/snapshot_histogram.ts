import type { Histogram } from "../contract/counts.ts";

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A histogram for prom-client's registry whose counts come from elsewhere: prom-client's own only takes single values.
 * Buckets are cumulative, as Prometheus wants them, and end with `+Inf`.
 */
export class SnapshotHistogram {
  readonly type = "histogram";
  readonly aggregator = "sum";
  readonly name: string;
  readonly help: string;
  #values: Histogram = { bounds: [], counts: [], sum: 0 };

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  set(values: Histogram): void {
    this.#values = values;
  }

  reset(): void {
    this.#values = { bounds: [], counts: [], sum: 0 };
  }

  get() {
    const { name, help, type, aggregator } = this;
    const { bounds, counts, sum } = this.#values;
    let total = 0;
    const values: Sample[] = bounds.map((bound, index) => {
      total += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le: String(bound) }, value: total };
    });
    total += counts[bounds.length] ?? 0;
    values.push(
      { metricName: `${name}_bucket`, labels: { le: "+Inf" }, value: total },
      { metricName: `${name}_sum`, labels: {}, value: sum },
      { metricName: `${name}_count`, labels: {}, value: total },
    );
    return Promise.resolve({ name, help, type, aggregator, values });
  }
}
