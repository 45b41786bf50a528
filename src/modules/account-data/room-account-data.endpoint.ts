import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "./account-data.ts";
import { checkOwner, checkRoomId, checkWritable, typeSchema } from "./checks.ts";

const path = "/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}";
const params = Type.Object({ userId: Type.String(), roomId: Type.String(), type: typeSchema });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridroomsroomidaccount_datatype */
export const getRoomAccountData = (accountData: Pick<AccountData, "get">) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params,

    async handle({ params: { userId, roomId, type }, requester }) {
      checkOwner(userId, requester.userId);
      checkRoomId(roomId);
      const content = await accountData.get(userId, roomId, type);
      if (content === undefined) throw notFound("There is no such account data");
      return new JsonText(content);
    },
  });

/**
 * Writes account data of a room. Nothing asks whether the user is in the room: it is theirs alone, and is kept when they
 * leave and come back.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridroomsroomidaccount_datatype
 */
export const setRoomAccountData = (accountData: Pick<AccountData, "set">) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    limit: "none",
    params,
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { userId, roomId, type }, body, requester }) {
      checkOwner(userId, requester.userId);
      checkRoomId(roomId);
      checkWritable(type);
      await accountData.set({ userId, roomId, type, content: body });
      return {};
    },
  });
