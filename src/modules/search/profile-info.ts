import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";

/** A profile as a room knew it. */
export interface ProfileJson {
  readonly displayname?: string;
  readonly avatar_url?: string;
}

/** What the senders of some events were called when the first of these was sent, by user ID. */
export type ProfileInfo = Readonly<Record<string, ProfileJson>>;

/** The profiles for results with their contexts, in their order. Cost: as `Rooms.stateEventsAt`, for all together. */
export async function profileInfos(rooms: Rooms, groups: readonly (readonly StoredEvent[])[]): Promise<ProfileInfo[]> {
  const asked = groups.flatMap(([result, ...others], index) => {
    if (!result) return [];
    const senders = new Set([result, ...others].map(({ pdu }) => pdu.sender));
    return [...senders].map((userId) => ({ index, userId, root: result.stateAfter }));
  });
  const members = await rooms.stateEventsAt(
    asked.map(({ root, userId }) => ({ root, type: "m.room.member", stateKey: userId })),
  );
  const infos: Record<string, ProfileJson>[] = groups.map(() => ({}));
  for (const [at, { index, userId }] of asked.entries()) {
    const info = infos[index];
    if (info) info[userId] = profileIn(members[at]);
  }
  return infos;
}

function profileIn(member: StoredEvent | undefined): ProfileJson {
  const { displayname, avatar_url } = member?.pdu.content ?? {};
  return {
    ...(typeof displayname === "string" && { displayname }),
    ...(typeof avatar_url === "string" && { avatar_url }),
  };
}
