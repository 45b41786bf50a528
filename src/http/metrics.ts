import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { Type } from "typebox";
import { type AnyEndpoint, Answer, endpoint } from "./endpoint.ts";

/** The metrics of the whole process: every module registers its own in `registry`. */
export interface Metrics {
  readonly registry: Registry;
  readonly http: HttpMetrics;
}

/** What the HTTP edge counts. Labels have few values: the route is the path of the specification, never the URL. */
export interface HttpMetrics {
  /** One request is answered. `status` is the HTTP status, counted by its class (`2xx`). */
  answered(method: string, route: string, status: number, seconds: number): void;
  /** How many requests are being answered, long polls included. */
  readonly inFlight: { inc(): void; dec(): void };
}

const durationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];
const statusClasses = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

/** Makes the registry with the metrics of the process (CPU, memory, event-loop delay) and of the HTTP edge in it. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "heddle_http_request_duration_seconds",
    help: "Time from the first byte of a request to the last byte of its answer",
    labelNames: ["method", "route", "status"] as const,
    buckets: durationBuckets,
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: "heddle_http_in_flight_requests",
    help: "Requests that are being answered, waiting ones included",
    registers: [registry],
  });
  return {
    registry,
    http: {
      answered(method, route, status, seconds) {
        duration.observe({ method, route, status: statusClasses[Math.floor(status / 100)] ?? "5xx" }, seconds);
      },
      inFlight,
    },
  };
}

/** `GET /metrics`: the text that Prometheus reads. */
export function metricsEndpoint({ registry }: Pick<Metrics, "registry">): AnyEndpoint {
  return endpoint({
    method: "GET",
    path: "/metrics",
    surface: "metrics",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: async () => new Answer(200, await registry.metrics(), { "content-type": registry.contentType }),
  });
}
