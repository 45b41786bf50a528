import { Type } from "typebox";
import { type AnyEndpoint, Answer, endpoint } from "./endpoint.ts";
import type { Prometheus } from "./prometheus.ts";

/** The metrics of the whole process. */
export interface Metrics {
  readonly http: HttpMetrics;
  /** What Prometheus reads, and the content type of that text. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** What the HTTP edge counts. Labels have few values: the route is the path of the specification, never the URL. */
export interface HttpMetrics {
  /** One request is answered. `status` is the HTTP status, counted by its class (`2xx`). */
  answered(method: string, route: string, status: number, seconds: number): void;
  /** How many requests are being answered, long polls included. */
  readonly inFlight: { inc(): void; dec(): void };
}

const statusClasses = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

/** The library and what it wants (83 files) are read with the first request, since a server starts without. */
export function createMetrics(): Metrics {
  let inFlightCount = 0;
  let made: Promise<Prometheus> | undefined;
  const make = async (): Promise<Prometheus> => {
    const { createPrometheus } = await import("./prometheus.ts");
    return createPrometheus(() => inFlightCount);
  };
  const prometheus = (): Promise<Prometheus> => (made ??= make());
  return {
    http: {
      answered(method, route, status, seconds) {
        const labels = { method, route, status: statusClasses[Math.floor(status / 100)] ?? "5xx" };
        void prometheus().then(({ duration }) => duration.observe(labels, seconds));
      },
      inFlight: { inc: () => void (inFlightCount += 1), dec: () => void (inFlightCount -= 1) },
    },
    async scrape() {
      const { registry } = await prometheus();
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** `GET /metrics`: the text that Prometheus reads. */
export function metricsEndpoint({ scrape }: Pick<Metrics, "scrape">): AnyEndpoint {
  return endpoint({
    method: "GET",
    path: "/metrics",
    surface: "metrics",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: async () => {
      const { text, contentType } = await scrape();
      return new Answer(200, text, { "content-type": contentType });
    },
  });
}
