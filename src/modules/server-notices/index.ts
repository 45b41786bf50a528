import type { Module } from "../module.ts";

export { createServerNotices, type NoticeSettings, type ServerNotices } from "./server-notices.ts";

/** Messages of the server itself to its users. Administration sends them, by `ServerNotices`. */
export const serverNotices = (): Module => ({
  name: "server-notices",
  spec: [
    {
      section: "Server notices",
      link: "https://spec.matrix.org/v1.19/client-server-api/#server-notices",
      status: "partial",
      missing: "pinning notices as long as they hold, and sending them by the command line",
    },
  ],
  endpoints: [],
});
