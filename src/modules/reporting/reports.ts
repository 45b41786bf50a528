import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { invalidParam } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import {
  insertReport,
  type Report,
  type ReportFilter,
  type ReportPage,
  reportsStore,
  resolveReport,
} from "./reports.store.ts";

/** In UTF-16 units: some pages of text. */
const LONGEST_REASON = 10_000;
const LARGEST_PAGE = 1_000;

/** A report to be kept. */
export interface NewReport {
  readonly kind: Report["kind"];
  readonly reporter: string;
  readonly roomId?: string;
  readonly eventId?: string;
  readonly userId?: string;
  readonly reason: string;
  readonly score?: number | undefined;
}

/** What users reported, for those who run the server. */
export interface Reports {
  /** @throws MatrixError 400 `M_INVALID_PARAM` for a reason that is too long or that no database takes */
  add(report: NewReport): Promise<void>;
  /** A page of at most 1,000; the next one goes on `from` the last report's ID. */
  list(filter: ReportFilter, page: ReportPage): Promise<Report[]>;
  count(filter: ReportFilter): Promise<number>;
  get(reportId: number): Promise<Report | undefined>;
  /**
   * Notes that a report is settled.
   * @param by the administrator
   * @returns whether it was open until now
   */
  resolve(reportId: number, by: string): Promise<boolean>;
  /** Whether a user, of whatever server, had ever to do with a room of this one. */
  isKnownUser(userId: string): Promise<boolean>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
  readonly clock: Clock;
}

export function createReports({ sql, partitions, clock }: Needs): Reports {
  const store = reportsStore(sql);
  return {
    async add(report) {
      checkReason(report.reason);
      const { kind, reporter, roomId, eventId, userId, reason, score } = report;
      const createdAt = clock.now();
      await partitions.of(reporter).commit(reporter, (tx) => {
        const reportId = tx.nextPosition();
        insertReport(tx, { reportId, kind, reporter, roomId, eventId, userId, reason, score, createdAt });
      });
    },
    list: async (filter, page) => await store.list(filter, { ...page, limit: Math.min(page.limit, LARGEST_PAGE) }),
    count: async (filter) => await store.count(filter),
    get: async (reportId) => await store.get(reportId),
    async resolve(reportId, by) {
      const at = clock.now();
      const result = await partitions.of(by).commit(by, (tx) => resolveReport(tx, reportId, { at, by }));
      return result.changes === 1;
    },
    isKnownUser: async (userId) => await store.isKnown(userId),
  };
}

function checkReason(reason: string): void {
  if (reason.length > LONGEST_REASON) throw invalidParam(`A reason has at most ${LONGEST_REASON} characters`);
  if (reason.includes("\u0000")) throw invalidParam("A reason holds no NUL");
}
