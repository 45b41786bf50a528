import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import { clientEvent } from "../../engine/rooms/client-event.ts";
import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { accessTo, membershipOf } from "../../engine/rooms/visibility.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, notFound } from "../../http/errors.ts";
import { type CheckRefusal, checkGuestJoin, memberStateContent } from "../room-membership/index.ts";
import type { StateRules } from "./state-rules.ts";

const path = "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}";
/** The state key may be left out when it is empty, with or without the slash. */
const aliases = [
  "/_matrix/client/v3/rooms/{roomId}/state/{eventType}",
  "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/",
];
const params = Type.Object({ roomId: Type.String(), eventType: Type.String(), stateKey: Type.Optional(Type.String()) });

interface Needs {
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly stateRules: StateRules;
  readonly serverName: string;
  readonly checkRefusal: CheckRefusal;
  /** Called when somebody has joined, before that is answered. */
  readonly onJoined: (userId: string, roomId: string) => Promise<void>;
}

/**
 * The content of a state event, or with `format=event` the whole event.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstateeventtypestatekey
 */
export const getRoomStateWithKey = ({ rooms, clock }: Needs) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    auth: "user-or-guest",
    limit: "none",
    params,
    query: Type.Object({ format: Type.Optional(Type.String()) }),

    async handle({ params: { roomId, eventType, stateKey = "" }, query, requester }) {
      const room = await rooms.require(roomId);
      const { stateRoot } = await accessTo(rooms, room, requester.userId);
      if (stateRoot === undefined) throw forbidden("You are not in this room");
      const event = await rooms.stateEvent(stateRoot, eventType, stateKey);
      if (!event) throw notFound("The room has no such state");
      return query.format === "event" ? clientEvent(event, clock.now()) : event.pdu.content;
    },
  });

/**
 * Sets a state event.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 */
export const setRoomStateWithKey = ({ rooms, stateRules, onJoined, serverName, checkRefusal }: Needs) =>
  endpoint({
    method: "PUT",
    path,
    aliases,
    auth: "user-or-guest",
    suspended: "refused",
    limit: "message",
    params,
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { roomId, eventType, stateKey = "" }, body, requester }) {
      const content =
        eventType === "m.room.member"
          ? await memberStateContent(
              { rooms, serverName, checkRefusal },
              { roomId, requester, target: stateKey, content: body },
            )
          : body;
      const draft = { type: eventType, sender: requester.userId, stateKey, content };
      await stateRules.check(roomId, draft, await rooms.read(roomId, (room) => room.state(eventType, stateKey)));
      const { event, isJoining } = await rooms.write(roomId, (writer) => {
        if (isOwnJoin(draft)) checkGuestJoin(writer, requester);
        const current = writer.state(eventType, stateKey);
        // Saying again what holds already changes nothing: the event that said it is the answer.
        if (current && stateRules.isSame(current, draft)) return { event: current, isJoining: false };
        return { event: writer.append(draft), isJoining: isOwnJoin(draft) && membershipOf(current) !== "join" };
      });
      if (isJoining) await onJoined(requester.userId, roomId);
      return { event_id: event.eventId };
    },
  });

const isOwnJoin = ({ type, sender, stateKey, content }: EventDraft): boolean =>
  type === "m.room.member" && stateKey === sender && content["membership"] === "join";
