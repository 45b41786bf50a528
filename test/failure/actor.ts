import { RefusedError } from "../../bench/client.ts";

/** Somebody who keeps the server busy, knows what it promised, and checks after its death whether it kept it. */
export interface Actor {
  /** One request after another, until `isOver` or until the server is gone. */
  act(isOver: () => boolean): Promise<void>;
  /** Compares what the server says after its restart with what it promised. Leaves nothing open. */
  check(): Promise<void>;
}

/** Repeats `step`; returns when the server is gone. An answer that refuses a step is a failure of the test. */
export async function untilGone(isOver: () => boolean, step: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    try {
      await step();
    } catch (error) {
      // A 5xx promises as little as a closed connection does.
      if (error instanceof RefusedError && error.status < 500) throw error;
      return;
    }
  }
}
