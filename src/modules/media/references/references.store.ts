import type { Tx } from "../../../engine/partitions/tx.ts";
import { type Dialect, rowsIn } from "../../../store/dialect.ts";
import type { Row, Sql } from "../../../store/sql.ts";
import type { MediaName } from "../media.store.ts";

/** An event of a room. */
export interface Reference {
  readonly roomNid: number;
  readonly position: number;
}

const named = (dialect: Dialect): string => rowsIn(dialect, "$3", { origin: "string", media_id: "string" });
const insert = (dialect: Dialect): string => `
  INSERT INTO media_references (room_nid, origin, media_id, position, is_redacted)
  SELECT CAST($1 AS BIGINT), origin, media_id, CAST($2 AS BIGINT), 0 FROM (${named(dialect)}) AS named`;
const redact = (dialect: Dialect): string => `
  UPDATE media_references SET is_redacted = 1
  WHERE room_nid = $1 AND position = $2 AND (origin, media_id) IN (SELECT origin, media_id FROM (${named(dialect)}) AS named)`;
const OF_MEDIUM = `
  SELECT room_nid AS "roomNid", position, is_redacted AS "isRedacted" FROM media_references
  WHERE origin = $1 AND media_id = $2 ORDER BY position LIMIT $3`;

const listOf = (names: readonly MediaName[]): string =>
  JSON.stringify(names.map(({ origin, mediaId }) => [origin, mediaId]));

/** Writes which media an event names. One statement, however many. */
export function insertReferences(tx: Tx, dialect: Dialect, event: Reference, names: readonly MediaName[]): void {
  tx.run(insert(dialect), [event.roomNid, event.position, listOf(names)]);
}

/** Writes that an event names them no more. */
export function redactReferences(tx: Tx, dialect: Dialect, event: Reference, names: readonly MediaName[]): void {
  tx.run(redact(dialect), [event.roomNid, event.position, listOf(names)]);
}

/** The events that name a medium or did so before their redaction, the earliest first. */
export async function listReferences(
  sql: Sql,
  { origin, mediaId }: MediaName,
  limit: number,
): Promise<readonly (Reference & { readonly isRedacted: number })[]> {
  return await sql.all<Reference & { readonly isRedacted: number } & Row>(OF_MEDIUM, [origin, mediaId, limit]);
}
