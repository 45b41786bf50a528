import type { FollowedRoom, RoomFollower } from "../../engine/rooms/follower.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Weighing } from "./event-weights.ts";
import { displayNameIn, type Names } from "./names.ts";
import { deleteMember, dropRules, writeJoin } from "./members.store.ts";
import { insertRow, prune, silence } from "./notifying.store.ts";
import type { Standings } from "./standings.ts";
import type { Tallies } from "./tallies.ts";
import type { Threads } from "./threads.ts";

/** Of each room the last so many notifying events are kept: more unread messages are not counted. */
const KEPT_EVENTS = 1_000;
/** On average after so many notifying events of a room it is looked at what is too much. */
const PRUNE_EVERY = 500;

interface Needs {
  readonly rooms: Pick<Rooms, "events">;
  readonly serverName: string;
  readonly tallies: Tallies;
  readonly standings: Standings;
  readonly threads: Threads;
  readonly names: Names;
  readonly weighing: Weighing;
}

/** Writes beside every event for whom it counts, and who came and left. */
export function notificationsFollower(needs: Needs): RoomFollower {
  const { tallies, threads, weighing } = needs;
  return {
    onAppended(tx, event, room) {
      if (event.pdu.type === "m.room.create") needs.names.begin(room.nid);
      const tally = event.pdu.type === "m.room.create" ? tallies.begin(room.nid) : tallies.need(room.nid);
      if (event.pdu.type === "m.room.member") followMember(needs, tx, event, room);
      const weights = weighing.forAll(event, room, tally);
      if (weights.length === 0) return;
      const { position, pdu } = event;
      const thread = threads.of(event);
      const rows = weights.map((weight) => ({ ...weight, position, thread, sender: pdu.sender }));
      for (const row of rows) insertRow(tx, room.nid, row);
      if (position % PRUNE_EVERY === 0) prune(tx, room.nid, KEPT_EVENTS);
      tx.afterCommit(() => tallies.peek(room.nid)?.add(rows));
    },

    onRedacted(tx, target, _redaction, room) {
      silence(tx, room.nid, target.position);
      tx.afterCommit(() => {
        threads.forget();
        tallies.peek(room.nid)?.silence(target.position, tallies.nextGeneration());
      });
    },
  };
}

/** Notes where a local user came into the room, or that the user is gone. A change of the profile is neither, and changes names. */
function followMember(needs: Needs, tx: Tx, event: StoredEvent, { roomId, nid }: FollowedRoom): void {
  const userId = event.stateKey ?? "";
  if (!userId.endsWith(`:${needs.serverName}`)) return;
  const before = event.replaces === 0 ? undefined : needs.rooms.events.need(event.replaces);
  const wasJoined = membershipOf(before) === "join";
  const isJoined = membershipOf(event) === "join";
  const { tallies, standings, names } = needs;
  const displayName = displayNameIn(event.pdu.content);
  if (isJoined || wasJoined) tx.afterCommit(() => names.changed(nid, userId, { isJoined, displayName }));
  if (wasJoined === isJoined) return;
  if (isJoined) writeJoin(tx, userId, nid, event.position);
  else {
    deleteMember(tx, userId, nid);
    dropRules(tx, tallies.need(nid).rulesOf(userId)?.id ?? "");
  }
  tx.afterCommit(() => {
    standings.forget(userId, roomId);
    tallies.customisationChanged();
    tallies.peek(nid)?.setRules(userId, undefined);
  });
}
