import { Type } from "typebox";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden } from "../../http/errors.ts";
import { commaSeparated, jsonStream } from "../../http/json-stream.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { accessTo } from "../../engine/rooms/visibility.ts";

/**
 * Who is joined to a room, with names and pictures. For members only.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidjoined_members
 */
export const getJoinedMembersByRoom = ({ rooms }: { readonly rooms: Rooms }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v3/rooms/{roomId}/joined_members",
    auth: "user",
    limit: "none",
    params: Type.Object({ roomId: Type.String() }),

    async handle({ params: { roomId }, requester }) {
      const room = await rooms.require(roomId);
      if ((await accessTo(rooms, room, requester.userId)).membership !== "join")
        throw forbidden("You are not in this room");
      return await jsonStream(pieces(rooms, room.nid));
    },
  });

async function* pieces(rooms: Rooms, roomNid: number): AsyncGenerator<string, void> {
  yield '{"joined":{';
  yield* commaSeparated(joined(rooms, roomNid));
  yield "}}";
}

async function* joined(rooms: Rooms, roomNid: number): AsyncGenerator<readonly string[]> {
  // The first page is all of nearly every room; of a large one, memory need not hold all members.
  let isPassing = false;
  for await (const page of rooms.memberships.inRoom(roomNid, "join")) {
    const positions = page.map((member) => member.position);
    yield (await rooms.events.byPositions(positions, { isPassing })).map(memberText);
    isPassing = true;
  }
}

function memberText({ stateKey = "", pdu: { content } }: StoredEvent): string {
  const profile = { display_name: textOf(content["displayname"]), avatar_url: textOf(content["avatar_url"]) };
  return `${JSON.stringify(stateKey)}:${JSON.stringify(profile)}`;
}

/**
 * A profile is what members say of themselves: anything may stand there. Deviates: for what is not set the text leaves the
 * member out; other servers say `null`, and clients that know only those ask for both members.
 */
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
