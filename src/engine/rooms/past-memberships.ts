import type { Membership } from "./memberships.store.ts";
import type { StateAddress } from "./rooms.ts";
import type { StoredEvent } from "./stored-event.ts";
import { membershipOf } from "./visibility.ts";

/** What finds memberships of the past. */
export interface PastStates {
  stateEventsAt(addresses: readonly StateAddress[]): Promise<readonly (StoredEvent | undefined)[]>;
}

/**
 * What a user was to the rooms of some states, by their roots: `leave` also for one who had never been there. Cost: nodes
 * of the tries that whoever asked what the user may see has read already.
 */
export async function membershipsIn(
  states: PastStates,
  userId: string,
  roots: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Membership>> {
  const list = [...roots];
  const events = await states.stateEventsAt(list.map((root) => ({ root, type: "m.room.member", stateKey: userId })));
  return new Map(list.map((root, index) => [root, membershipOf(events[index])]));
}
