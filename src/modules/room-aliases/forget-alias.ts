import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { mayNameRoom } from "./may-name-room.ts";

interface Forgotten {
  readonly roomId: string;
  readonly alias: string;
  /** Who took the alias away, and so changes the event. */
  readonly userId: string;
}

/**
 * Takes an alias that is gone out of the room's `m.room.canonical_alias`, if it stands there and the user may change that.
 * @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3directoryroomroomalias
 */
export async function forgetAlias(rooms: Rooms, { roomId, alias, userId }: Forgotten): Promise<void> {
  if (!(await rooms.get(roomId))) return;
  await rooms.write(roomId, (writer) => {
    const known = writer.state("m.room.canonical_alias", "")?.pdu.content;
    const content = known && withoutAlias(known, alias);
    if (!content || !mayNameRoom(writer, userId)) return;
    writer.append({ type: "m.room.canonical_alias", sender: userId, stateKey: "", content });
  });
}

/** `undefined` when the alias does not stand there. */
function withoutAlias(content: JsonObject, alias: string): JsonObject | undefined {
  const { alias: main, alt_aliases: others, ...rest } = content;
  const isOther = Array.isArray(others) && others.includes(alias);
  if (main !== alias && !isOther) return undefined;
  return {
    ...rest,
    ...(main === undefined || main === alias ? {} : { alias: main }),
    ...(others === undefined ? {} : { alt_aliases: isOther ? others.filter((other) => other !== alias) : others }),
  };
}
