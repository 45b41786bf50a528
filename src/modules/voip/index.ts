import type { Module } from "../module.ts";
import { getTurnServer, type Needs } from "./turn-server.endpoint.ts";

/** What calls need of the server: the events of calls are events like others. */
export const voip = (needs: Needs): Module => ({
  name: "voip",
  spec: [
    {
      section: "Voice over IP",
      link: "https://spec.matrix.org/v1.19/client-server-api/#voice-over-ip",
      status: "complete",
    },
  ],
  endpoints: [getTurnServer(needs)],
});
