import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Module } from "../module.ts";
import { type NewsNeeds, type PresenceEvents, presenceNews } from "./news.ts";
import { presenceSection } from "./presence.sync.ts";
import type { Presences } from "./presences.ts";
import { getPresence, setPresence } from "./status.endpoint.ts";

export type { PresenceEvents } from "./news.ts";
export type { PresenceEvent } from "./person.ts";
export { Presences } from "./presences.ts";

type Needs = Omit<NewsNeeds, "presences"> & {
  readonly rooms: Rooms;
  /** `undefined`: presence is off. */
  readonly presences: Presences | undefined;
};

/** Finds presence events: none when presence is off. */
export const presenceEvents =
  ({ presences, ...needs }: Omit<Needs, "rooms">): PresenceEvents =>
  async (request) =>
    presences ? await presenceNews({ ...needs, presences }, request) : [];

/** Who is online. */
export const presence = ({ presences, rooms, ...needs }: Needs): Module => {
  if (presences) rooms.follow({ onAppended: (tx, { pdu }) => tx.afterCommit(() => presences.isActive(pdu.sender)) });
  const { memberships } = rooms;
  const status = { ...needs, presences, memberships };
  return {
    name: "presence",
    spec: [
      {
        section: "Presence",
        link: "https://spec.matrix.org/v1.19/client-server-api/#presence",
        status: "partial",
        missing: "presence of users of other servers",
      },
    ],
    endpoints: [setPresence(status), getPresence(status)],
    ...(presences && {
      sync: [presenceSection({ ...needs, presences })],
      dispose: () => presences[Symbol.dispose](),
    }),
  };
};
