import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** The metrics as the library keeps them, and what the HTTP edge tells it. */
export interface Prometheus {
  readonly registry: Registry;
  readonly duration: Histogram<"method" | "route" | "status">;
}

const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/**
 * Makes the registry with the metrics of the process (CPU, memory, event-loop delay) and of the HTTP edge in it.
 * @param inFlight how many requests are being answered now
 */
export function createPrometheus(inFlight: () => number): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "heddle_http_request_duration_seconds",
    help: "Time from the first byte of a request to the last byte of its answer",
    labelNames: ["method", "route", "status"] as const,
    buckets: durationBuckets,
    registers: [registry],
  });
  const inFlightGauge = new Gauge({
    name: "heddle_http_in_flight_requests",
    help: "Requests that are being answered, waiting ones included",
    registers: [],
    collect() {
      this.set(inFlight());
    },
  });
  registry.registerMetric(inFlightGauge);
  return { registry, duration };
}
