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

/** How the events of one answer are told; what is added to them, and is an event, is told likewise. */
export interface EventForm {
  /** `/sync` says the room once and leaves it out of the events. */
  readonly withRoomId: boolean;
  /** For `age`: milliseconds since the epoch. */
  readonly now: number;
  /** Made for all who see them alike, with holes in place of what differs: see `event-template.ts`. */
  readonly asTemplate?: boolean;
}

/** Finds what is to be added to the events of one answer, by position. Asks the database once for all, not for each. */
export type EventDecorator = (
  events: readonly StoredEvent[],
  viewer: Viewer,
  form: EventForm,
) => Promise<ReadonlyMap<number, Decoration>>;
