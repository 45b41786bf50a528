import assert from "node:assert/strict";
import { at, listAt, textAt } from "../../bench/read-json.ts";
import { encode, type Session } from "../../bench/session.ts";

/** Asserts that the current state is the same in `/state`, `/members` and an initial sync. */
export async function checkStateAgrees(session: Session, roomId: string): Promise<void> {
  const state = stateOf(await session.request("GET", encode`rooms/${roomId}/state`));
  const members = stateOf(listAt(await session.request("GET", encode`rooms/${roomId}/members`), "chunk"));
  const room = at(await session.sync(), "rooms", "join", roomId);
  const synced = stateOf([...listAt(room, "state", "events"), ...listAt(room, "timeline", "events")]);
  assert.deepEqual(synced, state, "an initial sync and /state agree");
  const inState = Object.entries(state).filter(([key]) => key.startsWith("m.room.member|"));
  assert.deepEqual(members, Object.fromEntries(inState), "/members and /state agree");
}

/** The last state event for each type and state key. */
function stateOf(events: unknown): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const event of Array.isArray(events) ? events : []) {
    const stateKey = at(event, "state_key");
    if (typeof stateKey === "string") found.set(`${textAt(event, "type")}|${stateKey}`, textAt(event, "event_id"));
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
