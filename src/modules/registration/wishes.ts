/**
 * What a client wishes of its account, over the steps of its registration. By the text each step repeats the whole request;
 * clients of other servers send it once and go on with `auth` alone. So the first step is kept, its password as a hash.
 * @see https://spec.matrix.org/v1.19/client-server-api/#user-interactive-api-in-the-rest-api
 */
import { type Static, type TObject, Type } from "typebox";
import { Check } from "typebox/schema";
import type { Passwords } from "../../engine/users/users.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import { newDeviceSchema } from "../login/index.ts";
import type { Uia, UiaRequest } from "../user-interactive-authentication/index.ts";

/** The members of a registration that say what account and session to make. */
export const wishesSchema = {
  username: Type.Optional(Type.String()),
  inhibit_login: Type.Optional(Type.Boolean()),
  ...newDeviceSchema,
};

/** What is wished. */
export type Wishes = Static<TObject<typeof wishesSchema>> & {
  readonly password?: string;
  readonly guest_access_token?: string;
};

const keptSchema = Type.Object({ wishes: Type.Object(wishesSchema), passwordHash: Type.Optional(Type.String()) });

/** What is kept of wishes: the hash stands for the password. */
export type KeptWishes = Static<typeof keptSchema>;

/** What may be stored of a registration; nothing of a guest's, which is to be repeated whole: it has the guest's token. */
export async function toKeep(passwords: Pick<Passwords, "hash">, wishes: Wishes): Promise<JsonObject> {
  const { password, guest_access_token: ofGuest } = wishes;
  if (ofGuest !== undefined) return {};
  const given = new Map<string, JsonValue>(Object.entries(wishes));
  const kept = Object.keys(wishesSchema).flatMap((name) => {
    const value = given.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    wishes: Object.fromEntries(kept),
    ...(password !== undefined && { passwordHash: await passwords.hash(password) }),
  };
}

/** What was kept when the session of the request began, when the request says nothing but how it is authenticated. */
export async function keptWishes(uia: Pick<Uia, "keptOf">, request: UiaRequest): Promise<KeptWishes | undefined> {
  if (!Object.keys(request.body).every((name) => name === "auth")) return undefined;
  const kept = await uia.keptOf(request);
  return kept && Check(keptSchema, kept) ? kept : undefined;
}
