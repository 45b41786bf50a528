import { isEventId } from "../../protocol/ids/ids.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";

/** What `m.relates_to` of an event says. */
export interface Relation {
  /** The `rel_type`. */
  readonly type: string;
  /** ID of the parent. */
  readonly eventId: string;
}

/**
 * The relation to another event that a content states; `undefined` when there is none, or it does not fit the schema: then
 * it is as if it were not there. A rich reply is no relation: it has no `rel_type`.
 * @see https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
 */
export function relationIn(content: JsonObject): Relation | undefined {
  const relatesTo = content["m.relates_to"];
  if (!isJsonObject(relatesTo)) return undefined;
  const { rel_type: type, event_id: eventId } = relatesTo;
  if (typeof type !== "string" || typeof eventId !== "string" || !isEventId(eventId)) return undefined;
  return { type, eventId };
}
