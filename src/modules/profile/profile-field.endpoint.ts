import { Type } from "typebox";
import { endpoint, type Requester } from "../../http/endpoint.ts";
import { forbidden, guestAccessForbidden, missingParam, notFound } from "../../http/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import { acceptedValue, checkName, memberFields } from "./field.ts";
import { type FindNeeds, findProfile } from "./find-profile.ts";
import type { Profiles } from "./profiles.ts";

// Before v1.16 only `displayname` and `avatar_url` were there, with endpoints of their own: the same paths.
const path = "/_matrix/client/v3/profile/{userId}/{keyName}";
/** As clients know it from before v1.16. */
const aliases = ["/_matrix/client/unstable/uk.tcpip.msc4133/profile/{userId}/{keyName}"];
const params = Type.Object({ userId: Type.String(), keyName: Type.String() });

/** What writing takes. */
export interface WriteNeeds {
  readonly profiles: Profiles;
  /** Called when a name or picture changed: the rooms of the user must learn of it. */
  readonly onChanged: (userId: string) => Promise<void>;
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3profileuseridkeyname */
export const getProfileField = (needs: FindNeeds) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    auth: "none",
    limit: "reading",
    params,

    async handle({ params: { userId, keyName } }) {
      const profile = await findProfile(needs, userId, keyName);
      const value = Object.hasOwn(profile, keyName) ? profile[keyName] : undefined;
      if (value === undefined) throw notFound("The profile has no such field");
      return { [keyName]: value };
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3profileuseridkeyname */
export const setProfileField = (needs: WriteNeeds) =>
  endpoint({
    method: "PUT",
    path,
    aliases,
    auth: "user-or-guest",
    suspended: "refused",
    limit: "message",
    params,
    body: Type.Unsafe<JsonObject>(Type.Object({})),

    async handle({ params: { userId, keyName }, body, requester }) {
      checkMayWrite(requester, userId, keyName);
      checkName(keyName);
      const value = Object.hasOwn(body, keyName) ? body[keyName] : undefined;
      if (value === undefined) throw missingParam(`The body needs ${keyName}`);
      await write(needs, { userId, name: keyName, value: acceptedValue(keyName, value) });
      return {};
    },
  });

/** @see https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3profileuseridkeyname */
export const deleteProfileField = (needs: WriteNeeds) =>
  endpoint({
    method: "DELETE",
    path,
    aliases,
    auth: "user-or-guest",
    suspended: "refused",
    limit: "message",
    params,

    async handle({ params: { userId, keyName }, requester }) {
      checkMayWrite(requester, userId, keyName);
      checkName(keyName);
      await write(needs, { userId, name: keyName, value: undefined });
      return {};
    },
  });

/** Guests have a name and nothing else: https://spec.matrix.org/v1.19/client-server-api/#guest-access */
function checkMayWrite(requester: Requester, userId: string, name: string): void {
  if (userId !== requester.userId) throw forbidden("This is the profile of somebody else");
  if (requester.isGuest && name !== "displayname") throw guestAccessForbidden();
}

interface Written {
  readonly userId: string;
  readonly name: string;
  readonly value: JsonValue | undefined;
}

async function write({ profiles, onChanged }: WriteNeeds, { userId, name, value }: Written): Promise<void> {
  const isChanged = await profiles.set(userId, name, value);
  if (isChanged && memberFields.has(name)) await onChanged(userId);
}
