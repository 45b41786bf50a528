/*
 * Children that history visibility keeps from a user who sees their parent: those of a time when the user was not in the
 * room. That is seldom, so it is asked for in rooms alone where it can be, and of what came before the user was joined.
 * @see https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { type Access, visibleEvents, wasAlwaysShared } from "../../engine/rooms/visibility.ts";
import type { Reference } from "./summaries.ts";

/** Positions of those of the references that a user may not see. */
export async function hiddenReferences(
  rooms: Rooms,
  { roomId, access }: { readonly roomId: string; readonly access: Access },
  references: readonly Reference[],
): Promise<ReadonlySet<number>> {
  const [member, visibility] = await rooms.read(roomId, (room) => [
    room.state("m.room.member", access.userId),
    room.state("m.room.history_visibility", ""),
  ]);
  if (references.length === 0 || wasAlwaysShared(visibility)) return new Set();
  const joinedAt = access.membership === "join" ? (member?.position ?? 0) : Number.POSITIVE_INFINITY;
  const doubtful = references.map(({ position }) => position).filter((position) => position < joinedAt);
  if (doubtful.length === 0) return new Set();
  const visible = await visibleEvents(rooms, access, await rooms.events.byPositions(doubtful));
  return new Set(doubtful).difference(new Set(visible.map(({ position }) => position)));
}
