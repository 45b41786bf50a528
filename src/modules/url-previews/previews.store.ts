import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../store/sql.ts";

/** A preview that was made. */
export interface StoredPreview {
  readonly urlHash: string;
  /** Ms since the epoch. */
  readonly fetchedAt: number;
  /** JSON as clients get it. */
  readonly answer: string;
  /** `''` = without an image. */
  readonly mediaId: string;
}

/** Which preview of a page will do. All in ms since the epoch. */
export interface WantedTime {
  /** One of this time is the best. */
  readonly from: number;
  readonly to: number;
  /** Any other must not be older. */
  readonly freshSince: number;
}

/** A preview by which old ones are found. */
export type PreviewKey = Pick<StoredPreview, "urlHash" | "fetchedAt" | "mediaId">;

const READ = `
  SELECT answer FROM url_previews
  WHERE url_hash = $1 AND ((fetched_at >= $2 AND fetched_at <= $3) OR fetched_at >= $4)
  ORDER BY CASE WHEN fetched_at <= $3 THEN 0 ELSE 1 END, fetched_at DESC LIMIT 1`;
const INSERT = `
  INSERT INTO url_previews (url_hash, fetched_at, answer, media_id) VALUES ($1, $2, $3, $4)
  ON CONFLICT (url_hash, fetched_at) DO UPDATE SET answer = excluded.answer, media_id = excluded.media_id`;
const KEY = `url_hash AS "urlHash", fetched_at AS "fetchedAt", media_id AS "mediaId"`;
const OLD = `SELECT ${KEY} FROM url_previews WHERE fetched_at < $1 ORDER BY fetched_at LIMIT $2`;
const BEYOND = `SELECT ${KEY} FROM url_previews ORDER BY fetched_at DESC LIMIT $2 OFFSET $1`;
const DELETE = "DELETE FROM url_previews WHERE url_hash = $1 AND fetched_at = $2";

/** The preview of a page that fits a time best; `undefined` when none does. */
export async function readPreview(sql: Sql, urlHash: string, wanted: WantedTime): Promise<string | undefined> {
  const { from, to, freshSince } = wanted;
  return (await sql.get<{ answer: string }>(READ, [urlHash, from, to, freshSince]))?.answer;
}

export function insertPreview(tx: Tx, { urlHash, fetchedAt, answer, mediaId }: StoredPreview): void {
  tx.run(INSERT, [urlHash, fetchedAt, answer, mediaId]);
}

/** Previews made before a time, the oldest first. */
export async function readOld(sql: Sql, before: number, limit: number): Promise<PreviewKey[]> {
  return await sql.all<PreviewKey & Row>(OLD, [before, limit]);
}

/** Previews beyond the newest so many. */
export async function readBeyond(sql: Sql, count: number, limit: number): Promise<PreviewKey[]> {
  return await sql.all<PreviewKey & Row>(BEYOND, [count, limit]);
}

export function deletePreview(tx: Tx, { urlHash, fetchedAt }: PreviewKey): void {
  tx.run(DELETE, [urlHash, fetchedAt]);
}
