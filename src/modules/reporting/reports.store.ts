import type { Tx } from "../../engine/partitions/tx.ts";
import type { Row, Sql, SqlValue } from "../../store/sql.ts";

export type ReportKind = "event" | "room" | "user";

/** What somebody finds amiss. */
export interface Report {
  /** Later reports have greater ones. */
  readonly reportId: number;
  readonly kind: ReportKind;
  /** Who reports. */
  readonly reporter: string;
  /** Of events and rooms. */
  readonly roomId: string | undefined;
  readonly eventId: string | undefined;
  /** The user who is reported, or the sender of the event. */
  readonly userId: string | undefined;
  /** May be empty. */
  readonly reason: string;
  /** -100 (worst) to 0; up to v1.17 clients gave one. */
  readonly score: number | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When and by whom it was settled; `undefined` while it is open. */
  readonly resolved: { readonly at: number; readonly by: string } | undefined;
}

/** Which reports are wanted; what is absent does not matter. */
export interface ReportFilter {
  readonly kind?: ReportKind;
  readonly reporter?: string;
  readonly roomId?: string;
  readonly userId?: string;
  readonly isOpen?: boolean;
}

/** A page of reports. */
export interface ReportPage {
  /** Only reports before this one (after it, when the oldest are wanted first). */
  readonly from?: number;
  /** Default: the newest first. */
  readonly oldestFirst?: boolean;
  readonly limit: number;
}

interface ReportRow extends Row {
  readonly reportId: number;
  readonly kind: string;
  readonly reporter: string;
  readonly roomId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly reason: string;
  readonly score: number | null;
  readonly createdAt: number;
  readonly resolvedAt: number;
  readonly resolvedBy: string;
}

const COLUMNS = `report_id AS "reportId", kind, reporter, room_id AS "roomId", event_id AS "eventId",
  user_id AS "userId", reason, score, created_at AS "createdAt", resolved_at AS "resolvedAt",
  resolved_by AS "resolvedBy"`;
const BY_ID = `SELECT ${COLUMNS} FROM reports WHERE report_id = $1`;
// An absent condition is '' (of is_open: -1), which holds for every report.
const WHERE = `
  WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR reporter = $2) AND ($3 = '' OR room_id = $3)
    AND ($4 = '' OR user_id = $4)
    AND (CAST($5 AS BIGINT) < 0 OR (CAST($5 AS BIGINT) = 1 AND resolved_at = 0)
      OR (CAST($5 AS BIGINT) = 0 AND resolved_at > 0))`;
const COUNT = `SELECT count(*) AS count FROM reports ${WHERE}`;
const NEWEST = `SELECT ${COLUMNS} FROM reports ${WHERE} AND report_id < $6 ORDER BY report_id DESC LIMIT $7`;
const OLDEST = `SELECT ${COLUMNS} FROM reports ${WHERE} AND report_id > $6 ORDER BY report_id LIMIT $7`;
const INSERT = `
  INSERT INTO reports (report_id, kind, reporter, room_id, event_id, user_id, reason, score, created_at, resolved_at,
    resolved_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`;
const RESOLVE = "UPDATE reports SET resolved_at = $2, resolved_by = $3 WHERE report_id = $1 AND resolved_at = 0";
const IS_KNOWN = "SELECT 1 AS one FROM memberships WHERE user_id = $1 LIMIT 1";

export const reportsStore = (sql: Sql) => ({
  async get(reportId: number): Promise<Report | undefined> {
    const row = await sql.get<ReportRow>(BY_ID, [reportId]);
    return row && toReport(row);
  },

  async list(filter: ReportFilter, { from, oldestFirst = false, limit }: ReportPage): Promise<Report[]> {
    const start = from ?? (oldestFirst ? 0 : Number.MAX_SAFE_INTEGER);
    const rows = await sql.all<ReportRow>(oldestFirst ? OLDEST : NEWEST, [...conditions(filter), start, limit]);
    return rows.map(toReport);
  },

  async count(filter: ReportFilter): Promise<number> {
    return (await sql.get<{ count: number }>(COUNT, conditions(filter)))?.count ?? 0;
  },

  /** Whether the user, of whatever server, had ever to do with a room of this one. */
  async isKnown(userId: string): Promise<boolean> {
    return (await sql.get(IS_KNOWN, [userId])) !== undefined;
  },
});

export function insertReport(tx: Tx, report: Omit<Report, "resolved">): void {
  const { reportId, kind, reporter, roomId = "", eventId = "", userId = "", reason, score, createdAt } = report;
  tx.run(INSERT, [reportId, kind, reporter, roomId, eventId, userId, reason, score ?? null, createdAt]);
}

/** Changes nothing when the report is settled already, or not there. */
export const resolveReport = (tx: Tx, reportId: number, { at, by }: { at: number; by: string }) =>
  tx.query(RESOLVE, [reportId, at, by]);

function conditions({ kind, reporter = "", roomId = "", userId = "", isOpen }: ReportFilter): SqlValue[] {
  return [kind ?? "", reporter, roomId, userId, isOpen === undefined ? -1 : Number(isOpen)];
}

function toReport(row: ReportRow): Report {
  return {
    reportId: row.reportId,
    kind: row.kind === "event" || row.kind === "room" ? row.kind : "user",
    reporter: row.reporter,
    roomId: row.roomId || undefined,
    eventId: row.eventId || undefined,
    userId: row.userId || undefined,
    reason: row.reason,
    score: row.score ?? undefined,
    createdAt: row.createdAt,
    resolved: row.resolvedAt === 0 ? undefined : { at: row.resolvedAt, by: row.resolvedBy },
  };
}
