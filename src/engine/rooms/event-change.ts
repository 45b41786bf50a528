import type { Change } from "../../bus/change.ts";
import type { StoredEvent } from "./stored-event.ts";

/** A new event in the timeline of a room. */
export interface EventChange extends Change {
  readonly kind: "event";
  readonly roomId: string;
  readonly event: StoredEvent;
}

export const isEventChange = (change: Change): change is EventChange => change.kind === "event";
