import type { SyncSection } from "../engine/streams/section.ts";
import type { AnyEndpoint } from "../http/endpoint.ts";

/** A section of the specification that a module implements. `missing` says what is not there yet when it is partial. */
export interface SpecSection {
  readonly section: string;
  readonly link: string;
  readonly status: "complete" | "partial";
  readonly missing?: string;
}

/** What a capability adds to the server: the manifest that its `index.ts` returns. */
export interface Module {
  /** The folder's name. */
  readonly name: string;
  readonly spec: readonly SpecSection[];
  readonly endpoints: readonly AnyEndpoint[];
  /**
   * Names by which clients of `/versions` know that something works here, whatever version of the specification it came
   * with: `unstable_features`.
   */
  readonly features?: readonly string[];
  /** What it contributes to `/sync`. */
  readonly sync?: readonly SyncSection[];
  /** Ends what it began: timers, background work. */
  readonly dispose?: () => void | Promise<void>;
}
