import { Type } from "typebox";
import { type AnyEndpoint, Answer, endpoint } from "./endpoint.ts";

/** How long a check may take before the answer is that the server is not well. */
const CHECK_TIMEOUT_MS = 5_000;

interface Needs {
  /** Whether what the server cannot do without (its database) answers. A rejection counts as `false`. */
  readonly check: () => Promise<boolean>;
}

/** `GET /health`: 200 `OK` when the process can answer and `check` says yes, 503 otherwise. */
export function healthEndpoint({ check }: Needs): AnyEndpoint {
  return endpoint({
    method: "GET",
    path: "/health",
    surface: "health",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    async handle() {
      const isWell = await withTimeout(check());
      return isWell ? new Answer(200, "OK") : new Answer(503, "Unavailable", { "retry-after": "5" });
    },
  });
}

async function withTimeout(checked: Promise<boolean>): Promise<boolean> {
  const { promise: timedOut, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false);
  try {
    // Why it failed is for the log of the failing part; a probe only needs the verdict.
    return await Promise.race([checked.catch(() => false), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
