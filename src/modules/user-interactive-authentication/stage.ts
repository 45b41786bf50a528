import { forbidden, type MatrixError, missingParam } from "../../http/errors.ts";
import { html, type Html, type HtmlPart } from "../../pages/html.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";

/** What a stage is given. */
export interface StageAttempt {
  /** The request's `auth` member. */
  readonly auth: JsonObject;
  /** The user who asks; `undefined` when nobody is logged in. */
  readonly userId: string | undefined;
  /** Method and path of what is to be done: `POST /_matrix/client/v3/register`. */
  readonly operation: string;
  /** What the client was told of the stage when its session began: see `Stage.params`. */
  readonly params?: JsonValue | undefined;
}

/** A step of authentication, named as the specification names it. */
export interface Stage {
  readonly type: string;
  /** What a client must know to complete it: its part of `params` in the 401 answer. */
  readonly params?: () => JsonObject;
  /** How it is completed in a browser, by a client that does not know it; without, it has no fallback page. */
  readonly page?: StagePage;
  /**
   * For attempts that no repetition could make good.
   * @throws MatrixError which is the answer itself, instead of a 401
   */
  readonly assertMeant?: (attempt: StageAttempt) => Promise<void>;
  /**
   * @returns what later steps want to know, kept with the session.
   * @throws MatrixError when the attempt fails: its errcode becomes a part of the 401 answer.
   */
  readonly attempt: (attempt: StageAttempt) => Promise<JsonObject>;
}

/** The fields of a form as they were sent. */
export type Fields = Readonly<Record<string, string>>;

/** What a page shows. Without fields, pressing the button is all there is to do. */
export interface StageForm {
  readonly fields: HtmlPart;
  /** The label of the button. */
  readonly button: string;
  /** What stands below the button, e.g. another one. */
  readonly more?: HtmlPart;
}

/** Who sends a form, and for what. */
export interface FormSender {
  /** See `StageAttempt`. */
  readonly operation: string;
  readonly userId: string | undefined;
  /** The browser's, after trusted proxies. */
  readonly address: string;
  /** Its `Accept-Language` header. */
  readonly language: string | undefined;
}

/** The fallback page of a stage: a form, and what its fields are in `auth`; or another page to go to. */
export type StagePage =
  | {
      readonly title: string;
      /** @param given what was sent before: empty when the page is opened, and again there when it did not do */
      readonly form: (userId: string | undefined, given: Fields) => StageForm;
      /** Scripts of others that the form needs, by URL, and the origins that those may use. */
      readonly scripts?: readonly string[];
      readonly origins?: readonly string[];
      /**
       * What there is to do before the stage can be attempted, such as sending a mail.
       * @returns what the next form is made of; `undefined` when the attempt may be made
       * @throws MatrixError to be shown above the form
       */
      readonly prepare?: (given: Fields, sender: FormSender) => Promise<Fields | undefined>;
      readonly toAuth: (given: Fields) => JsonObject;
    }
  | { readonly redirect: (sessionId: string) => string };

/**
 * The stage that succeeds always: it lets clients see that they are in such a conversation.
 * @see https://spec.matrix.org/v1.19/client-server-api/#dummy-auth
 */
export const dummyStage: Stage = {
  type: "m.login.dummy",
  attempt: async () => ({}),
  page: {
    title: "Go on",
    form: () => ({ fields: html`<p>There is nothing to fill in here.</p>`, button: "Continue" }),
    toAuth: () => ({}),
  },
};

interface PasswordNeeds {
  /**
   * Whom `auth` names; `undefined` when nobody, a name without a user when it is nobody's.
   * @throws MatrixError when it names in no way that there is
   */
  readonly namedIn: (auth: JsonObject) => Promise<{ readonly userId: string | undefined } | undefined>;
  /** Guessing passwords is limited by the account, as at login. */
  readonly limiter: Pick<Limiter, "require">;
  readonly checkPassword: (userId: string, password: string) => Promise<object | undefined>;
}

/**
 * Asks for the password of the user who asks already: whoever finds an unlocked device cannot take the account.
 * @see https://spec.matrix.org/v1.19/client-server-api/#password-based
 */
export const passwordStage = ({ namedIn, limiter, checkPassword }: PasswordNeeds): Stage => ({
  type: "m.login.password",
  page: {
    title: "Confirm that it is you",
    form: (userId) => ({ fields: passwordFields(userId), button: "Confirm" }),
    toAuth: ({ password = "" }) => ({ password }),
  },
  async assertMeant({ auth, userId }) {
    if (userId === undefined) return;
    // The user is known by the access token; naming one is needed by older clients alone, and must be the same.
    const named = await namedIn(auth);
    if (named && named.userId?.toLowerCase() !== userId.toLowerCase()) {
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

/** The name is there for password managers. */
const passwordFields = (userId = ""): Html => html`<p>Your password is asked for ${userId}.</p>
<input type="hidden" name="username" autocomplete="username" value="${userId}">
<div><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus></div>`;

const wrongPassword = (): MatrixError => forbidden("The password is wrong");
