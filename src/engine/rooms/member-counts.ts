import type { MembershipsStore } from "./memberships.store.ts";
import type { MemberCounts, Room } from "./room.ts";

/** The counts of a room in which nobody is. */
export const NOBODY: MemberCounts = { joined: 0, invited: 0 };

/**
 * How many are joined and invited in rooms. One query for those that were not counted yet, which costs their members;
 * from then on each room counts by itself.
 */
export async function countMembers(
  memberships: Pick<MembershipsStore, "countInRooms">,
  rooms: readonly Room[],
): Promise<ReadonlyMap<Room, MemberCounts>> {
  const uncounted = rooms.filter((room) => !room.memberCounts);
  const before = uncounted.map((room) => ({ room, changes: room.membershipChangeCount, isQuiet: isQuiet(room) }));
  const counts = uncounted.length === 0 ? [] : await memberships.countInRooms(uncounted.map(({ nid }) => nid));
  const found = new Map<Room, MemberCounts>();
  for (const { room, changes, isQuiet: wasQuiet } of before) {
    const ofRoom = counts.filter(({ roomNid }) => roomNid === room.nid);
    const countOf = (wanted: string): number => ofRoom.find(({ membership }) => membership === wanted)?.count ?? 0;
    const counted = { joined: countOf("join"), invited: countOf("invite") };
    // What changes meanwhile may be counted already or not: then whoever asks next counts again.
    if (wasQuiet && changes === room.membershipChangeCount) room.memberCounts ??= counted;
    found.set(room, room.memberCounts ?? counted);
  }
  for (const room of rooms) if (room.memberCounts) found.set(room, room.memberCounts);
  return found;
}

const isQuiet = (room: Room): boolean => room.pendingMembershipCount === 0;
