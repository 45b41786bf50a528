import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { ChildRelation } from "./child.ts";

/** A child as it is stored. */
export interface NewChild extends ChildRelation {
  readonly event: StoredEvent;
  /** Place in the room's timeline. */
  readonly ordering: number;
  /** Whether it may be aggregated, whatever its parent is. */
  readonly isAggregated: boolean;
}

/** Which children of an event are wanted, and from which stretch of the timeline. */
export interface ChildrenWanted {
  readonly roomNid: number;
  readonly parentId: string;
  readonly relType: string | undefined;
  readonly eventType: string | undefined;
  /** How many steps away from the parent; 1 for its own children alone. */
  readonly depth: number;
  readonly direction: "b" | "f";
  /** Orderings from `first` (inclusive) to `end` (exclusive). */
  readonly first: number;
  readonly end: number;
  readonly limit: number;
}

interface Annotation {
  readonly roomNid: number;
  readonly parentId: string;
  readonly annotationKey: string;
  readonly type: string;
  readonly sender: string;
}

interface PositionRow extends Row {
  readonly position: number;
}

/** What is known of the parent, if it is a child itself. */
const PARENT = "FROM events e JOIN relations p ON p.position = e.position WHERE e.event_id = $3 AND p.room_nid = $2";
const INSERT = `
  INSERT INTO relations (position, room_nid, parent_id, rel_type, ordering, event_id, type, sender, origin_server_ts,
                         annotation_key, aggregated, grandparent_id, great_grandparent_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
          COALESCE((SELECT p.parent_id ${PARENT}), ''), COALESCE((SELECT p.grandparent_id ${PARENT}), ''))`;
const DELETE = "DELETE FROM relations WHERE position = $1";
const SET_GRANDPARENTS = `
  UPDATE relations SET
    grandparent_id = COALESCE((SELECT p.parent_id FROM relations p WHERE p.position = $1), ''),
    great_grandparent_id = COALESCE((SELECT p.grandparent_id FROM relations p WHERE p.position = $1), '')
  WHERE room_nid = $2 AND parent_id = $3`;
const SET_GREAT_GRANDPARENTS = `
  UPDATE relations SET
    great_grandparent_id = COALESCE((SELECT p.parent_id FROM relations p WHERE p.position = $1), '')
  WHERE room_nid = $2 AND grandparent_id = $3 AND grandparent_id <> ''`;
const ANNOTATION = `
  SELECT position FROM relations
  WHERE room_nid = $1 AND parent_id = $2 AND rel_type = 'm.annotation' AND sender = $3 AND type = $4
    AND annotation_key = $5
  LIMIT 1`;
const CHILDREN = "SELECT r.position, r.ordering FROM relations r WHERE r.room_nid = $1";
const BY_ANCESTOR = [
  " AND r.parent_id = $2",
  " AND r.grandparent_id = $2 AND r.grandparent_id <> ''",
  " AND r.great_grandparent_id = $2 AND r.great_grandparent_id <> ''",
];
/** How many steps away descendants are found. */
export const DEEPEST = BY_ANCESTOR.length;

export function insertChild(
  tx: Tx,
  { event, ordering, parentId, relType, annotationKey, isAggregated }: NewChild,
): void {
  tx.run(INSERT, [
    event.position,
    event.roomNid,
    parentId,
    relType,
    ordering,
    event.eventId,
    event.pdu.type,
    event.pdu.sender,
    event.pdu.origin_server_ts,
    annotationKey ?? "",
    isAggregated ? 1 : 0,
  ]);
}

/** A child is gone: what relates to it is related to its ancestors no more. */
export function deleteChild(tx: Tx, event: StoredEvent): void {
  tx.run(DELETE, [event.position]);
  relateDescendants(tx, event);
}

/** Has those that relate to an event know what it relates to: when it came after them, or relates to nothing any more. */
export function relateDescendants(tx: Tx, { position, roomNid, eventId }: StoredEvent): void {
  tx.run(SET_GRANDPARENTS, [position, roomNid, eventId]);
  tx.run(SET_GREAT_GRANDPARENTS, [position, roomNid, eventId]);
}

/** Whether the sender has annotated the event like this. */
export async function hasAnnotation(sql: Sql, annotation: Annotation): Promise<boolean> {
  const { roomNid, parentId, sender, type, annotationKey } = annotation;
  return (await sql.get<PositionRow>(ANNOTATION, [roomNid, parentId, sender, type, annotationKey])) !== undefined;
}

/** Positions of children in the order of reading. Cost: that of the limit, however many there are. */
export async function childPositions(sql: Sql, wanted: ChildrenWanted): Promise<number[]> {
  const { roomNid, parentId, first, end, limit, relType, eventType, depth, direction } = wanted;
  const params: (string | number)[] = [roomNid, parentId, first, end, limit];
  let conditions = " AND r.ordering >= $3 AND r.ordering < $4";
  if (relType !== undefined) conditions += ` AND r.rel_type = $${params.push(relType)}`;
  if (eventType !== undefined) conditions += ` AND r.type = $${params.push(eventType)}`;
  const order = ` ORDER BY ordering ${direction === "b" ? "DESC" : "ASC"} LIMIT $5`;
  const queries = BY_ANCESTOR.slice(0, depth).map((ancestor) => CHILDREN + ancestor + conditions + order);
  // UNION tells each once: a room of an old version can have relations in a circle.
  const [children = ""] = queries;
  const all = queries.map((query, index) => `SELECT * FROM (${query}) g${index}`).join(" UNION ");
  return (await sql.all<PositionRow>(depth === 1 ? children : all + order, params)).map(({ position }) => position);
}
