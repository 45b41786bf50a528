import type { Tx } from "../../../engine/partitions/tx.ts";
import type { Row, Sql } from "../../../store/sql.ts";

/** A thumbnail that is there. */
export interface StoredThumbnail {
  /** The file that it is in: the medium's own when that is small enough. */
  readonly fileHash: string;
  /** 0 for the medium's own file. */
  readonly sizeBytes: number;
  readonly contentType: string;
}

const READ = `
  SELECT thumbnail_hash AS "fileHash", size_bytes AS "sizeBytes", content_type AS "contentType"
  FROM media_thumbnails WHERE file_hash = $1 AND variant = $2`;
const COUNT = "SELECT COUNT(*) AS count FROM media_thumbnails WHERE file_hash = $1";
const INSERT = `
  INSERT INTO media_thumbnails (file_hash, variant, thumbnail_hash, size_bytes, content_type)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (file_hash, variant) DO NOTHING`;

export async function readThumbnail(sql: Sql, fileHash: string, variant: string): Promise<StoredThumbnail | undefined> {
  return await sql.get<StoredThumbnail & Row>(READ, [fileHash, variant]);
}

/** How many thumbnails of a file are kept. Cost: their number, which is bounded. */
export async function countThumbnails(sql: Sql, fileHash: string): Promise<number> {
  return (await sql.get<{ count: number }>(COUNT, [fileHash]))?.count ?? 0;
}

export function insertThumbnail(tx: Tx, fileHash: string, variant: string, thumbnail: StoredThumbnail): void {
  tx.run(INSERT, [fileHash, variant, thumbnail.fileHash, thumbnail.sizeBytes, thumbnail.contentType]);
}
