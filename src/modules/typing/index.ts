import type { Clock } from "../../clock.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Streams } from "../../engine/streams/streams.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { setTyping } from "./typing.endpoint.ts";
import { typingSection } from "./typing.sync.ts";
import { TypingUsers } from "./typing-users.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
}

/** Who is typing. */
export const typing = ({ rooms, streams, clock, ignoredBy }: Needs): Module => {
  const users = new TypingUsers({
    clock,
    changed: (roomId) => streams.publishEphemeral({ kind: "typing", position: 0, roomId }),
  });
  rooms.follow({
    onAppended(tx, { pdu, roomId, stateKey }) {
      if (pdu.type !== "m.room.member" || stateKey === undefined || pdu.content["membership"] === "join") return;
      tx.afterCommit(() => users.leave(roomId, stateKey));
    },
  });
  return {
    name: "typing",
    spec: [
      {
        section: "Typing notifications",
        link: "https://spec.matrix.org/v1.19/client-server-api/#typing-notifications",
        status: "partial",
        missing: "typing of users of other servers",
      },
    ],
    endpoints: [setTyping({ rooms, typing: users })],
    sync: [typingSection({ typing: users, ignoredBy })],
    dispose: () => users[Symbol.dispose](),
  };
};
