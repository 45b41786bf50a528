import { powerLevelsOf, redactLevel, userLevel } from "../../protocol/auth/power-levels.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { Room } from "../../engine/rooms/room.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import { maySee } from "../../engine/rooms/visibility.ts";
import { forbidden, invalidParam, userSuspended } from "../../http/errors.ts";

interface Redaction {
  readonly sender: string;
  /** Suspended accounts redact their own events alone. */
  readonly isSuspended: boolean;
  readonly content: JsonObject;
  /** ID of the event to redact. */
  readonly redacts: string;
  readonly txnKey: string;
}

/**
 * The redaction of an event of the same room, if its sender may redact it: the own events of a user who may send
 * redactions, those of others with the power level for it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#redactions
 * @throws MatrixError 400 `M_INVALID_PARAM` when there is no such event in the room, or none that the sender may see or
 * redact; `M_FORBIDDEN`; `M_USER_SUSPENDED`.
 */
export async function redactionDraft(rooms: Rooms, roomId: string, redaction: Redaction): Promise<EventDraft> {
  const { sender, isSuspended, content, redacts, txnKey } = redaction;
  const room = await rooms.require(roomId);
  const member = await rooms.read(roomId, (current) => current.state("m.room.member", sender));
  if (member?.pdu.content["membership"] !== "join") throw forbidden("You are not in this room");
  const target = await rooms.events.byId(redacts);
  if (target?.roomId !== roomId) throw noSuchEvent();
  if (target.pdu.sender !== sender && (isSuspended || !(await mayRedactOthers(rooms, room, sender)))) {
    // That an event which the user may not see is there shows in the answer to those alone who may redact it.
    if (!(await maySee(rooms, room, sender, target))) throw noSuchEvent();
    if (isSuspended) throw userSuspended();
    throw forbidden("You may redact your own events only");
  }
  return { type: "m.room.redaction", sender, content: withoutRedacts(content), redacts: target, txnKey };
}

const noSuchEvent = () => invalidParam("There is no such event in this room");

async function mayRedactOthers(rooms: Rooms, room: Room, userId: string): Promise<boolean> {
  const levels = await rooms.read(room.roomId, (current) =>
    powerLevelsOf({ get: (type, stateKey) => current.state(type, stateKey) }, room.rules),
  );
  return userLevel(levels, userId) >= redactLevel(levels);
}

/** Where `redacts` stands is up to the room version. */
function withoutRedacts(content: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(content).filter(([name]) => name !== "redacts"));
}
