import { Type } from "typebox";
import type { AccountAddition, Users } from "../../engine/users/users.ts";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { forbidden, guestAccessForbidden, missingParam } from "../../http/errors.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import { sessionStartOf, toSessionJson } from "../login/index.ts";
import { authSchema, type Flow, type Uia, type UiaRequest } from "../user-interactive-authentication/index.ts";
import { guestToUpgrade } from "./guest-upgrade.ts";
import type { NewAccounts } from "./new-accounts.ts";
import { type RegistrationTokens, tokenStageType } from "./registration-tokens.ts";
import { toUserId } from "./username.ts";
import { keptWishes, toKeep, type Wishes, wishesSchema } from "./wishes.ts";

const path = "/_matrix/client/v3/register";

/** Who may register. */
export type RegistrationMode = "closed" | "token" | "open";

/** What the endpoint works with. */
export interface RegisterNeeds {
  readonly accounts: NewAccounts;
  readonly tokens: RegistrationTokens;
  readonly uia: Uia;
  readonly users: Pick<Users, "accounts" | "sessions" | "passwords">;
  readonly serverName: string;
  readonly mode: RegistrationMode;
  readonly allowsGuests: boolean;
  /** The ways to register, when the mode lets people. */
  readonly flows: readonly Flow[];
  /**
   * What is recorded with the new account, by what the stages of its registration found out: its address, what it accepted.
   * @throws MatrixError when the account must not be made
   */
  readonly additionOf: (results: ReadonlyMap<string, JsonValue>) => Promise<AccountAddition>;
}

/**
 * Makes an account, and a session of it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register
 */
export const postRegister = (needs: RegisterNeeds) =>
  endpoint({
    method: "POST",
    path,
    auth: "none",
    limit: "registration",
    params: Type.Object({}),
    query: Type.Object({ kind: Type.Optional(Type.Union([Type.Literal("user"), Type.Literal("guest")])) }),
    body: Type.Object({
      auth: authSchema,
      password: Type.Optional(Type.String()),
      guest_access_token: Type.Optional(Type.String()),
      ...wishesSchema,
    }),

    async handle({ query, body }) {
      if (query.kind === "guest") return await registerGuest(needs, body.initial_device_display_name);
      if (needs.mode === "closed") throw forbidden("Registration is closed on this server");
      const keep = async () => await toKeep(needs.users.passwords, body);
      const request = { operation: `POST ${path}`, body, mayBodyChange: true, keep };
      const registered = await registeredBefore(needs, request);
      if (registered !== undefined) return await answer(needs, registered, body);
      const kept = await keptWishes(needs.uia, request);
      const wishes: Wishes = kept?.wishes ?? body;
      const guestId = await guestToUpgrade(needs, wishes);
      const userId = guestId ?? (await needs.accounts.chooseUserId(wishes.username));
      if (wishes.password !== undefined) needs.users.passwords.assertAcceptable(wishes.password);
      const authenticated = await needs.uia.require(request, needs.flows);
      if (authenticated instanceof Answer) return authenticated;
      const { password } = wishes;
      const passwordHash = kept?.passwordHash;
      if (password === undefined && passwordHash === undefined) throw missingParam("A password is needed");
      const add = await needs.additionOf(authenticated.results);
      await withToken(needs, authenticated.results.get(tokenStageType), async () => {
        // Of guests nothing is kept: they have the password itself here.
        if (guestId === undefined || password === undefined)
          await needs.accounts.create({ userId, password, passwordHash }, add);
        else await needs.accounts.upgrade({ userId, password }, add);
      });
      await authenticated.end(userId);
      return await answer(needs, userId, wishes);
    },
  });

async function answer({ users, serverName }: RegisterNeeds, userId: string, body: Wishes): Promise<object> {
  if (body.inhibit_login) return { user_id: userId, home_server: serverName };
  return toSessionJson(await users.sessions.start(sessionStartOf(userId, body)), serverName);
}

/** The account that this very registration made already, for a client that asks again since the answer got lost. */
async function registeredBefore(
  { uia, users, serverName }: RegisterNeeds,
  request: UiaRequest & { readonly body: Wishes },
): Promise<string | undefined> {
  const userId = await uia.outcomeOf(request);
  const { username, password, guest_access_token: ofGuest } = request.body;
  if (typeof userId !== "string" || password === undefined) return undefined;
  // The name of a guest is one that nobody else could choose.
  const asked = ofGuest === undefined ? username && toUserId(username, serverName) : `@${username}:${serverName}`;
  if (asked !== undefined && asked !== userId) return undefined;
  return (await users.accounts.checkPassword(userId, password)) ? userId : undefined;
}

/** Guests choose nothing but the name of their device. */
async function registerGuest({ allowsGuests, accounts, users, serverName }: RegisterNeeds, displayName?: string) {
  if (!allowsGuests) throw guestAccessForbidden("There are no guests on this server");
  const userId = accounts.chooseGuestId();
  await accounts.create({ userId, password: undefined, isGuest: true });
  return toSessionJson(await users.sessions.start({ userId, displayName }), serverName);
}

/** A registration token is used up by accounts alone, not by attempts. */
async function withToken(
  { tokens }: RegisterNeeds,
  stageResult: JsonValue | undefined,
  makeAccount: () => Promise<void>,
): Promise<void> {
  const token = tokenOf(stageResult);
  if (token === undefined) return await makeAccount();
  if (!(await tokens.use(token))) throw forbidden("The registration token is used up");
  try {
    await makeAccount();
  } catch (error) {
    await tokens.giveBack(token);
    throw error;
  }
}

function tokenOf(result: JsonValue | undefined): string | undefined {
  if (typeof result !== "object" || result === null || Array.isArray(result)) return undefined;
  const token = Object.entries(result).find(([name]) => name === "token")?.[1];
  return typeof token === "string" ? token : undefined;
}
