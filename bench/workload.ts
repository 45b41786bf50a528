import type { Accounts } from "./accounts.ts";
import type { HomeserverClient } from "./client.ts";
import type { Measurement } from "./measurement.ts";
import type { Target } from "./target.ts";

/** What a workload works with. */
export type Context = {
  readonly target: Target;
  readonly client: HomeserverClient;
  readonly accounts: Accounts;
  /** How long a measurement lasts that is bounded by time. */
  readonly seconds: number;
  /** How many are in the large room. */
  readonly members: number;
};

/** One kind of load. */
export interface Workload {
  readonly name: string;
  /** One sentence for the documentation. */
  readonly description: string;
  /** Sets up what it needs, then measures. */
  run(context: Context): Promise<readonly Measurement[]>;
}
