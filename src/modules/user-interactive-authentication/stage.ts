import { forbidden, type MatrixError, missingParam } from "../../http/errors.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";

/** What a stage is given. */
export interface StageAttempt {
  /** The request's `auth` member. */
  readonly auth: JsonObject;
  /** The user who asks; `undefined` when nobody is logged in. */
  readonly userId: string | undefined;
}

/** A step of authentication, named as the specification names it. */
export interface Stage {
  readonly type: string;
  /**
   * For attempts that no repetition could make good.
   * @throws MatrixError which is the answer itself, instead of a 401
   */
  readonly assertMeant?: (attempt: StageAttempt) => void;
  /**
   * @returns what later steps want to know, kept with the session.
   * @throws MatrixError when the attempt fails: its errcode becomes a part of the 401 answer.
   */
  readonly attempt: (attempt: StageAttempt) => Promise<JsonObject>;
}

/**
 * The stage that succeeds always: it lets clients see that they are in such a conversation.
 * @see https://spec.matrix.org/v1.19/client-server-api/#dummy-auth
 */
export const dummyStage: Stage = { type: "m.login.dummy", attempt: async () => ({}) };

interface PasswordNeeds {
  readonly serverName: string;
  /** Guessing passwords is limited by the account, as at login. */
  readonly limiter: Pick<Limiter, "require">;
  readonly checkPassword: (userId: string, password: string) => Promise<object | undefined>;
}

/**
 * Asks for the password of the user who asks already: whoever finds an unlocked device cannot take the account.
 * @see https://spec.matrix.org/v1.19/client-server-api/#password-based
 */
export const passwordStage = ({ serverName, limiter, checkPassword }: PasswordNeeds): Stage => ({
  type: "m.login.password",
  assertMeant({ auth, userId }) {
    // The user is known by the access token; naming one is needed by older clients alone, and must be the same.
    const named = namedUser(auth);
    if (named !== undefined && userId !== undefined && toUserId(named, serverName) !== userId) {
      throw forbidden("This is the password of somebody else");
    }
  },
  async attempt({ auth, userId }) {
    const password = auth["password"];
    if (typeof password !== "string") throw missingParam("auth needs a password");
    if (userId === undefined) throw forbidden("Nobody is logged in");
    limiter.require("login", userId);
    if (!(await checkPassword(userId, password))) throw wrongPassword();
    return {};
  },
});

function namedUser(auth: JsonObject): string | undefined {
  const user = member(auth["identifier"], "user") ?? auth["user"];
  return typeof user === "string" ? user : undefined;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const toUserId = (user: string, serverName: string): string => (user.startsWith("@") ? user : `@${user}:${serverName}`);

const wrongPassword = (): MatrixError => forbidden("The password is wrong");
