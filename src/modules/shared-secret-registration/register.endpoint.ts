import { Type } from "typebox";
import type { Clock } from "../../clock.ts";
import type { Users } from "../../engine/users/users.ts";
import { endpoint } from "../../http/endpoint.ts";
import { forbidden, unknownError } from "../../http/errors.ts";
import { sessionStartOf, toSessionJson } from "../login/index.ts";
import type { NewAccounts } from "../registration/index.ts";
import { isRightMac } from "./mac.ts";
import { Nonces } from "./nonces.ts";

const path = "/_synapse/admin/v1/register";
const common = { path, surface: "admin", auth: "none", limit: "none", params: Type.Object({}) } as const;

/** What the endpoints work with. */
export interface Needs {
  readonly accounts: NewAccounts;
  readonly users: Pick<Users, "sessions">;
  readonly clock: Clock;
  readonly serverName: string;
  /** `undefined`: these endpoints refuse everybody. */
  readonly sharedSecret: string | undefined;
  /** Called with the wish of a display name. */
  readonly setDisplayName?: (userId: string, displayName: string) => Promise<void>;
}

/** Gives a nonce, and makes an account for whoever knows the secret. */
export function registerBySharedSecret(needs: Needs) {
  const nonces = new Nonces(needs.clock);
  return [getNonce(needs, nonces), postRegister(needs, nonces)];
}

const getNonce = ({ sharedSecret }: Needs, nonces: Nonces) =>
  endpoint({
    ...common,
    method: "GET",
    async handle() {
      if (sharedSecret === undefined) throw switchedOff();
      return { nonce: nonces.issue() };
    },
  });

const postRegister = ({ accounts, users, serverName, sharedSecret, setDisplayName }: Needs, nonces: Nonces) =>
  endpoint({
    ...common,
    method: "POST",
    body: Type.Object({
      nonce: Type.String(),
      username: Type.String({ maxLength: 512 }),
      password: Type.String({ maxLength: 512 }),
      admin: Type.Optional(Type.Boolean()),
      user_type: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      displayname: Type.Optional(Type.Union([Type.String({ maxLength: 256 }), Type.Null()])),
      inhibit_login: Type.Optional(Type.Boolean()),
      mac: Type.String(),
    }),

    async handle({ body }) {
      if (sharedSecret === undefined) throw switchedOff();
      // Used up whatever follows, so that nobody tries several secrets on one.
      if (!nonces.use(body.nonce)) throw unknownError(400, "The nonce is not known");
      const { nonce, username, password, admin: isAdmin = false, user_type: userType } = body;
      const input = { nonce, username, password, isAdmin, userType: userType ?? undefined };
      if (!isRightMac(sharedSecret, input, body.mac)) throw forbidden("The HMAC is wrong");
      const userId = await accounts.chooseUserId(username);
      await accounts.create({ userId, password, isAdmin });
      if (body.displayname) await setDisplayName?.(userId, body.displayname);
      if (body.inhibit_login) return { user_id: userId, home_server: serverName };
      return toSessionJson(await users.sessions.start(sessionStartOf(userId, {})), serverName);
    },
  });

const switchedOff = () => unknownError(400, "Registration by shared secret is not switched on");
