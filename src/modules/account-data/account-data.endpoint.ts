import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "./account-data.ts";
import { checkOwner, checkWritable, typeSchema } from "./checks.ts";

const path = "/_matrix/client/v3/user/{userId}/account_data/{type}";
const params = Type.Object({ userId: Type.String(), type: typeSchema });

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridaccount_datatype */
export const getAccountData = (accountData: Pick<AccountData, "get">) =>
  endpoint({
    method: "GET",
    path,
    auth: "user",
    limit: "none",
    params,

    async handle({ params: { userId, type }, requester }) {
      checkOwner(userId, requester.userId);
      const content = await accountData.get(userId, undefined, type);
      if (content === undefined) throw notFound("There is no such account data");
      return new JsonText(content);
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridaccount_datatype */
export const setAccountData = (accountData: Pick<AccountData, "set">) =>
  endpoint({
    method: "PUT",
    path,
    auth: "user",
    limit: "none",
    params,
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { userId, type }, body, requester }) {
      checkOwner(userId, requester.userId);
      checkWritable(type);
      await accountData.set({ userId, type, content: body });
      return {};
    },
  });
