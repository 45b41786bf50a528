import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import type { MembershipsStore } from "../../engine/rooms/memberships.store.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, invalidParam } from "../../http/errors.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import type { Sql } from "../../store/sql.ts";
import { statusOf } from "./person.ts";
import { readStatusMsg } from "./presence.store.ts";
import type { Presences } from "./presences.ts";

const LONGEST_STATUS = 1_000;

const path = "/_matrix/client/v3/presence/{userId}/status";
const params = Type.Object({ userId: Type.String() });

/** `presences` is not there when presence is off. */
export interface StatusNeeds {
  readonly presences: Presences | undefined;
  readonly sql: Sql;
  readonly clock: Clock;
  readonly memberships: Pick<MembershipsStore, "shareRoom">;
}

/**
 * Says how present the user is, and with what words; without words earlier ones are gone. Accepted and ignored when
 * presence is off: clients say it unasked.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus
 */
export const setPresence = ({ presences }: StatusNeeds) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    suspended: "refused",
    limit: "message",
    params,
    body: Type.Object({
      presence: Type.Enum(["online", "unavailable", "offline"]),
      status_msg: Type.Optional(Type.Union([Type.String({ maxLength: LONGEST_STATUS }), Type.Null()])),
    }),

    async handle({ params: { userId }, body, requester }) {
      if (userId !== requester.userId) throw forbidden("You cannot say how present somebody else is");
      await presences?.set(requester, body.presence, body.status_msg ?? undefined);
      return {};
    },
  });

/**
 * How present a user is who shares a room with the requester.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus
 */
export const getPresence = ({ presences, sql, clock, memberships }: StatusNeeds) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params,

    async handle({ params: { userId }, requester }) {
      if (!isUserId(userId)) throw invalidParam("This is no user ID");
      const isVisible = userId === requester.userId || (await memberships.shareRoom(requester.userId, userId));
      if (!isVisible) throw forbidden("You share no room with this user");
      if (!presences) return { presence: "offline" };
      const person = presences.get(userId);
      if (person) return statusOf(person, clock.now());
      const statusMsg = await readStatusMsg(sql, userId);
      return { presence: "offline", ...(statusMsg !== undefined && { status_msg: statusMsg }) };
    },
  });
