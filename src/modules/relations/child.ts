import { relationIn } from "../../engine/rooms/relation.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json/json.ts";

/** What a child says of its parent, in the form in which it is stored. */
export interface ChildRelation {
  readonly parentId: string;
  readonly relType: string;
  /** Of an annotation, as JSON text: any string may be one, and a database does not take every string. */
  readonly annotationKey: string | undefined;
}

/** Wider than the grammar of namespaced identifiers, as far as a database takes it. */
const REL_TYPE = /^[\x21-\x7e]{1,255}$/;

/**
 * The relation that a content states, if this server keeps it: what does not fit the schema is no relation. Encrypted
 * events state it in the clear.
 * @see https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
 */
export function childRelation(content: JsonObject): ChildRelation | undefined {
  const relation = relationIn(content);
  if (!relation || !REL_TYPE.test(relation.type)) return undefined;
  const { type: relType, eventId: parentId } = relation;
  return { relType, parentId, annotationKey: relType === "m.annotation" ? keyIn(content) : undefined };
}

function keyIn(content: JsonObject): string | undefined {
  const relatesTo = content["m.relates_to"];
  const key = isJsonObject(relatesTo) ? relatesTo["key"] : undefined;
  return typeof key === "string" ? JSON.stringify(key) : undefined;
}
