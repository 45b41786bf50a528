import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import { reportEvent } from "./report-event.endpoint.ts";
import { reportRoom } from "./report-room.endpoint.ts";
import { reportUser } from "./report-user.endpoint.ts";
import type { Reports } from "./reports.ts";

export { createReports, type NewReport, type Reports } from "./reports.ts";
export type { Report, ReportFilter, ReportKind, ReportPage } from "./reports.store.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly users: Pick<Users, "accounts">;
  readonly reports: Reports;
}

/** Telling those who run the server what is amiss. */
export const reporting = (needs: Needs): Module => ({
  name: "reporting",
  spec: [
    {
      section: "Reporting content",
      link: "https://spec.matrix.org/v1.19/client-server-api/#reporting-content",
      status: "complete",
    },
  ],
  features: ["org.matrix.msc4151", "org.matrix.msc4260"],
  endpoints: [reportEvent(needs), reportRoom(needs), reportUser(needs)],
});
