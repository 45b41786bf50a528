import type { RoomFollower } from "../../engine/rooms/follower.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { isJsonObject } from "../../protocol/json/json.ts";
import { type ChildRelation, childRelation } from "./child.ts";
import { deleteChild, insertChild, relateDescendants } from "./relations.store.ts";
import type { SharedThreads } from "./shared-threads.ts";
import type { Summaries } from "./summaries.ts";
import { countReply, dropThread, recountReplies } from "./threads.store.ts";

/** Keeps the relations of all events, in the transactions that bring them. An event without a relation writes nothing. */
export const relationsFollower = (
  summaries: Pick<Summaries, "forget" | "setChildless">,
  sharedThreads: Pick<SharedThreads, "forget">,
): RoomFollower => ({
  onAppended(tx, event) {
    // Its ID is made in this very request, so that nothing can relate to it yet. Of what came from elsewhere the
    // children may have come before.
    const isMadeNow = event.txnKey !== undefined;
    if (isMadeNow) tx.afterCommit(() => summaries.setChildless(event.eventId));
    const relation = childRelation(event.pdu.content);
    // What comes from elsewhere may be the root of a thread.
    if (relation || !isMadeNow) tx.afterCommit(() => sharedThreads.forget(event.roomNid));
    if (!relation) return;
    addChild(tx, event, relation);
    if (!isMadeNow) joinChildren(tx, event);
    tx.afterCommit(() => summaries.forget(relation.parentId));
  },

  onRedacted(tx, target) {
    tx.afterCommit(() => sharedThreads.forget(target.roomNid));
    const relation = childRelation(target.pdu.content);
    if (!relation) return;
    deleteChild(tx, target);
    if (relation.relType === "m.thread") {
      recountReplies(tx, { roomNid: target.roomNid, rootId: relation.parentId, sender: target.pdu.sender });
    }
    tx.afterCommit(() => summaries.forget(relation.parentId));
  },
});

function addChild(tx: Tx, event: StoredEvent, relation: ChildRelation): void {
  const ordering = event.ordering ?? event.position;
  insertChild(tx, { ...relation, event, ordering, isAggregated: isAggregated(event, relation) });
  if (relation.relType !== "m.thread") return;
  countReply(tx, { roomNid: event.roomNid, rootId: relation.parentId, sender: event.pdu.sender, ordering });
}

/** What came before its parent now has an ancestor more, and is no thread. */
function joinChildren(tx: Tx, event: StoredEvent): void {
  relateDescendants(tx, event);
  dropThread(tx, event.roomNid, event.eventId);
}

/**
 * Whether a child can be a valid replacement, by itself: no state, and with something to replace the content by, which in
 * an encrypted event cannot be seen.
 * @see https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
 */
function isAggregated({ pdu, stateKey }: StoredEvent, { relType }: ChildRelation): boolean {
  if (relType !== "m.replace") return true;
  return stateKey === undefined && (pdu.type === "m.room.encrypted" || isJsonObject(pdu.content["m.new_content"]));
}
