import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { forbidden, missingParam } from "../../http/errors.ts";
import { html } from "../../pages/html.ts";
import type { Sql } from "../../store/sql.ts";
import type { Stage } from "../user-interactive-authentication/index.ts";
import { giveBackToken, isValidToken, useToken } from "./tokens.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** Those of the configuration: always valid. */
  readonly configured: readonly string[];
}

/** The tokens with which people may register: of the configuration, and those that administrators made. */
export interface RegistrationTokens {
  isValid(token: string): Promise<boolean>;
  /** Counts a registration. @returns whether the token still allowed it. */
  use(token: string): Promise<boolean>;
  /** Takes `use` back, when no account came of it. */
  giveBack(token: string): Promise<void>;
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration */
const tokenPattern = /^[\w.~-]{1,64}$/;

/** The stage type of registration tokens. */
export const tokenStageType = "m.login.registration_token";

export function createRegistrationTokens({ sql, partitions, clock, configured }: Needs): RegistrationTokens {
  const always = new Set(configured);
  return {
    isValid: async (token) =>
      always.has(token) || (tokenPattern.test(token) && (await isValidToken(sql, token, clock.now()))),
    async use(token) {
      if (always.has(token)) return true;
      const { changes } = await partitions.of(token).commit(token, (tx) => useToken(tx, token, clock.now()));
      return changes === 1;
    },
    async giveBack(token) {
      if (!always.has(token)) await partitions.of(token).commit(token, (tx) => giveBackToken(tx, token));
    },
  };
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration */
export const registrationTokenStage = (tokens: Pick<RegistrationTokens, "isValid">): Stage => ({
  type: tokenStageType,
  page: {
    title: "Registration token",
    form: () => ({
      fields: html`<div><label for="token">The token that you were given</label>
<input id="token" name="token" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus></div>`,
      button: "Continue",
    }),
    toAuth: ({ token = "" }) => ({ token }),
  },
  async attempt({ auth }) {
    const token = auth["token"];
    if (typeof token !== "string") throw missingParam("auth needs a token");
    if (!(await tokens.isValid(token))) throw forbidden("The registration token is not valid");
    return { token };
  },
});
