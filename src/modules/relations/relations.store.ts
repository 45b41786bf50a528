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

const INSERT = `
  INSERT INTO relations (position, room_nid, parent_id, rel_type, ordering, event_id, type, sender, origin_server_ts,
                         annotation_key, aggregated)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
const DELETE = "DELETE FROM relations WHERE position = $1";
const ANNOTATION = `
  SELECT position FROM relations
  WHERE room_nid = $1 AND parent_id = $2 AND rel_type = 'm.annotation' AND sender = $3 AND type = $4
    AND annotation_key = $5
  LIMIT 1`;
const CHILDREN = "SELECT r.position, r.ordering FROM relations r WHERE r.room_nid = $1 AND r.parent_id = $2";
/** A room of an old version can have relations in a circle: the depth ends it, and DISTINCT tells each child once. */
const DESCENDANTS = `
  WITH RECURSIVE found (position, event_id, depth) AS (
    SELECT position, event_id, 1 FROM relations WHERE room_nid = $1 AND parent_id = $2
    UNION ALL
    SELECT r.position, r.event_id, f.depth + 1
    FROM found f JOIN relations r ON r.room_nid = $1 AND r.parent_id = f.event_id
    WHERE f.depth < $6
  )
  SELECT DISTINCT r.position, r.ordering FROM found f JOIN relations r ON r.position = f.position WHERE r.room_nid = $1`;

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

export function deleteChild(tx: Tx, position: number): void {
  tx.run(DELETE, [position]);
}

/** Whether the sender has annotated the event like this. */
export async function hasAnnotation(sql: Sql, annotation: Annotation): Promise<boolean> {
  const { roomNid, parentId, sender, type, annotationKey } = annotation;
  return (await sql.get<PositionRow>(ANNOTATION, [roomNid, parentId, sender, type, annotationKey])) !== undefined;
}

/** Positions of children in the order of reading. */
export async function childPositions(sql: Sql, wanted: ChildrenWanted): Promise<number[]> {
  const { roomNid, parentId, first, end, limit, relType, eventType, depth, direction } = wanted;
  const params: (string | number)[] = [roomNid, parentId, first, end, limit];
  let text = CHILDREN;
  if (depth > 1) {
    text = DESCENDANTS;
    params.push(depth);
  }
  text += " AND r.ordering >= $3 AND r.ordering < $4";
  if (relType !== undefined) text += ` AND r.rel_type = $${params.push(relType)}`;
  if (eventType !== undefined) text += ` AND r.type = $${params.push(eventType)}`;
  text += ` ORDER BY r.ordering ${direction === "b" ? "DESC" : "ASC"} LIMIT $5`;
  return (await sql.all<PositionRow>(text, params)).map(({ position }) => position);
}
