import type { Module } from "../module.ts";
import { redactEvent } from "./redact.endpoint.ts";
import { type SendNeeds, sendMessage } from "./send.endpoint.ts";

/** Sending message events, and redacting events. */
export const sendingEvents = (needs: SendNeeds): Module => ({
  name: "sending-events",
  spec: [
    {
      section: "Sending events to a room",
      link: "https://spec.matrix.org/v1.19/client-server-api/#sending-events-to-a-room",
      status: "complete",
    },
    {
      section: "Instant messaging",
      link: "https://spec.matrix.org/v1.19/client-server-api/#instant-messaging",
      status: "complete",
    },
    { section: "Redactions", link: "https://spec.matrix.org/v1.19/client-server-api/#redactions", status: "complete" },
  ],
  endpoints: [sendMessage(needs), redactEvent(needs)],
});
