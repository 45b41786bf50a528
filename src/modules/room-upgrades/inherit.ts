import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { MatrixError } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "../account-data/index.ts";
import type { PushRules } from "../push-rules/index.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly partitions: Partitions;
  readonly accountData: AccountData;
  readonly pushRules: Pick<PushRules, "copyRoomRules">;
}

/** Called when a user of this server has come into a room. */
export type Inherit = (userId: string, roomId: string) => Promise<void>;

/**
 * Copies what a user set for a room to the room that replaced it: tags, whether it is a direct chat, push rules. Does
 * nothing for rooms that replaced none, and leaves alone what the user set for the new room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-16
 */
export function inheritance(needs: Needs): Inherit {
  return async (userId, toRoom) => {
    const fromRoom = await predecessorOf(needs.rooms, toRoom);
    if (fromRoom === undefined) return;
    await copyAccountData(needs, { userId, fromRoom, toRoom });
    try {
      await needs.pushRules.copyRoomRules({ userId, fromRoom, toRoom });
    } catch (error) {
      // There is no place for more rules: no reason to stay outside.
      if (!(error instanceof MatrixError)) throw error;
    }
  };
}

/** The room that this one replaced. Any room can say so: it counts when the old one says it too. */
async function predecessorOf(rooms: Rooms, roomId: string): Promise<string | undefined> {
  const predecessor = await rooms.read(
    roomId,
    (room) => room.state("m.room.create", "")?.pdu.content["predecessor"] ?? null,
  );
  const from = isJsonObject(predecessor) ? predecessor["room_id"] : undefined;
  if (typeof from !== "string" || !(await rooms.get(from))) return undefined;
  const tombstone = await rooms.read(from, (room) => room.state("m.room.tombstone", ""));
  return tombstone?.pdu.content["replacement_room"] === roomId ? from : undefined;
}

interface Copy {
  readonly userId: string;
  readonly fromRoom: string;
  readonly toRoom: string;
}

async function copyAccountData({ accountData, partitions }: Needs, { userId, fromRoom, toRoom }: Copy): Promise<void> {
  const [tags, ownTags, directs] = await Promise.all([
    accountData.get(userId, fromRoom, "m.tag"),
    accountData.get(userId, toRoom, "m.tag"),
    accountData.get(userId, undefined, "m.direct"),
  ]);
  const added = directs === undefined ? undefined : withDirect(parseJsonObject(directs), fromRoom, toRoom);
  const isTagged = tags !== undefined && ownTags === undefined;
  if (!isTagged && !added) return;
  await partitions.of(userId).commit(userId, (tx) => {
    if (isTagged) accountData.setIn(tx, { userId, roomId: toRoom, type: "m.tag", content: parseJsonObject(tags) });
    if (added) accountData.setIn(tx, { userId, type: "m.direct", content: added });
  });
}

/** The new room stands with everybody with whom the old one does; `undefined` when nothing changes. */
function withDirect(directs: JsonObject, fromRoom: string, toRoom: string): JsonObject | undefined {
  const changed = Object.entries(directs).flatMap(([userId, list]) =>
    Array.isArray(list) && list.includes(fromRoom) && !list.includes(toRoom) ? [[userId, [...list, toRoom]]] : [],
  );
  return changed.length === 0 ? undefined : { ...directs, ...Object.fromEntries(changed) };
}
