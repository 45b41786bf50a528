import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A medium by its two names: `mxc://origin/mediaId`. */
export interface MediaName {
  readonly origin: string;
  readonly mediaId: string;
}

/** What is known of a medium. Times are milliseconds since the epoch. */
export interface Medium extends MediaName {
  /** `''` until the bytes came. */
  readonly fileHash: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  /** As the uploader called it; `''` = not at all. */
  readonly uploadName: string;
  /** `''` for media of other servers, and for what this server took from web pages itself. */
  readonly uploader: string;
  readonly createdAt: number;
  /** Until when the bytes must come; 0 when they have. */
  readonly expiresAt: number;
  readonly lastAccessAt: number;
  /** Who keeps it from everybody; `''` = nobody. */
  readonly quarantinedBy: string;
}

type MediumRow = Medium & Row;

const COLUMNS = `origin, media_id AS "mediaId", file_hash AS "fileHash", size_bytes AS "sizeBytes",
  content_type AS "contentType", upload_name AS "uploadName", uploader, created_at AS "createdAt",
  expires_at AS "expiresAt", last_access_at AS "lastAccessAt", quarantined_by AS "quarantinedBy"`;
const READ = `SELECT ${COLUMNS} FROM media WHERE origin = $1 AND media_id = $2`;
const INSERT = `
  INSERT INTO media (origin, media_id, file_hash, size_bytes, content_type, upload_name, uploader, created_at,
    expires_at, last_access_at, quarantined_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`;
const FILL = `
  UPDATE media SET file_hash = $3, size_bytes = $4, content_type = $5, upload_name = $6, expires_at = 0
  WHERE origin = $1 AND media_id = $2 AND expires_at > $7`;
const PENDING = `SELECT COUNT(*) AS count FROM media WHERE uploader = $1 AND expires_at > $2`;
const DELETE_EXPIRED = "DELETE FROM media WHERE uploader = $1 AND expires_at > 0 AND expires_at <= $2";
const USED = `SELECT size_bytes AS "sizeBytes" FROM media_usage WHERE user_id = $1`;
const ON_CONFLICT = `
  ON CONFLICT (user_id) DO UPDATE SET size_bytes = media_usage.size_bytes + excluded.size_bytes,
    media_count = media_usage.media_count + 1`;
const NEEDED = `
  SELECT 1 AS one FROM media WHERE file_hash = $1
  UNION ALL SELECT 1 AS one FROM media_thumbnails WHERE thumbnail_hash = $1 LIMIT 1`;
const ADD_USAGE = `INSERT INTO media_usage (user_id, size_bytes, media_count) VALUES ($1, $2, 1) ${ON_CONFLICT}`;
const ADD_USAGE_OF_PENDING = `
  INSERT INTO media_usage (user_id, size_bytes, media_count)
  SELECT uploader, CAST($3 AS BIGINT), 1 FROM media WHERE origin = $1 AND media_id = $2 AND expires_at > $4 ${ON_CONFLICT}`;

/** `undefined` when there is no such medium. */
export async function readMedium(sql: Sql, { origin, mediaId }: MediaName): Promise<Medium | undefined> {
  return await sql.get<MediumRow>(READ, [origin, mediaId]);
}

/** A medium to be made. */
export type NewMedium = Omit<Medium, "lastAccessAt" | "quarantinedBy">;

export function insertMedium(tx: Tx, medium: NewMedium): void {
  const { origin, mediaId, fileHash, sizeBytes, contentType, uploadName, uploader, createdAt, expiresAt } = medium;
  const names = [origin, mediaId, fileHash, sizeBytes, contentType, uploadName, uploader, createdAt, expiresAt];
  tx.run(INSERT, names);
}

/** What came for an announced medium. */
export type Upload = Pick<Medium, "fileHash" | "sizeBytes" | "contentType" | "uploadName">;

/** Changes nothing when the medium does not wait for it (any more). */
export function fillMedium(tx: Tx, { origin, mediaId }: MediaName, upload: Upload, now: number): QueryResult<Row> {
  const { fileHash, sizeBytes, contentType, uploadName } = upload;
  tx.run(ADD_USAGE_OF_PENDING, [origin, mediaId, sizeBytes, now]);
  return tx.query(FILL, [origin, mediaId, fileHash, sizeBytes, contentType, uploadName, now]);
}

/** How many media of a user wait for their upload. */
export async function countPending(sql: Sql, uploader: string, now: number): Promise<number> {
  return (await sql.get<{ count: number }>(PENDING, [uploader, now]))?.count ?? 0;
}

/** Forgets the announced media of a user whose time is over. */
export function deleteExpired(tx: Tx, uploader: string, now: number): void {
  tx.run(DELETE_EXPIRED, [uploader, now]);
}

/** Bytes that a user has uploaded. */
export async function readUsage(sql: Sql, userId: string): Promise<number> {
  return (await sql.get<{ sizeBytes: number }>(USED, [userId]))?.sizeBytes ?? 0;
}

export function addUsage(tx: Tx, userId: string, sizeBytes: number): void {
  tx.run(ADD_USAGE, [userId, sizeBytes]);
}

/** Whether a file is that of a medium or of a thumbnail. */
export async function isFileNeeded(sql: Sql, fileHash: string): Promise<boolean> {
  return (await sql.get(NEEDED, [fileHash])) !== undefined;
}
