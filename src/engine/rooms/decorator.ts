import type { JsonObject } from "../../protocol/json/json.ts";
import type { StoredEvent } from "./stored-event.ts";
import type { Viewer } from "./viewer.ts";

/** What is added to an event on its way to a client. */
export interface Decoration {
  /** Members of `unsigned`, name to JSON text, e.g. `m.relations`. */
  readonly unsigned?: Readonly<Record<string, string>>;
  /** Shown in place of the event's content. */
  readonly content?: JsonObject;
}

/** Finds what is to be added to the events of one answer, by position. Asks the database once for all, not for each. */
export type EventDecorator = (
  events: readonly StoredEvent[],
  viewer: Viewer,
) => Promise<ReadonlyMap<number, Decoration>>;
