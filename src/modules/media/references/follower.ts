import type { RoomFollower } from "../../../engine/rooms/follower.ts";
import type { Dialect } from "../../../store/dialect.ts";
import { findMedia } from "./find-media.ts";
import { insertReferences, redactReferences } from "./references.store.ts";

/** What is encrypted names nothing that could be read. */
const ENCRYPTED = "m.room.encrypted";

/** Writes which media events name, with the events. An event that names none costs a look at its strings. */
export const referencesFollower = (dialect: Dialect): RoomFollower => ({
  onAppended(tx, event) {
    if (event.pdu.type === ENCRYPTED) return;
    const names = findMedia(event.pdu.content);
    if (names.length > 0) insertReferences(tx, dialect, event, names);
  },
  onRedacted(tx, target) {
    const names = findMedia(target.pdu.content);
    if (names.length > 0) redactReferences(tx, dialect, target, names);
  },
});
