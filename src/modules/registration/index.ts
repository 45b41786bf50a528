import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import type { JsonValue } from "../../protocol/json/json.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { keepAcceptedTerms } from "./accepted-terms.ts";
import { getAvailable } from "./available.endpoint.ts";
import { type FlowNeeds, registrationFlows } from "./flows.ts";
import type { NewAccounts } from "./new-accounts.ts";
import { postRegister } from "./register.endpoint.ts";
import { type RegistrationTokens, tokenStageType } from "./registration-tokens.ts";
import { getTokenValidity } from "./token-validity.endpoint.ts";

export { type NewAccounts, newAccounts } from "./new-accounts.ts";
export { createRegistrationTokens, type RegistrationTokens, registrationTokenStage } from "./registration-tokens.ts";

interface Needs {
  readonly accounts: NewAccounts;
  readonly tokens: RegistrationTokens;
  /** With the stages `m.login.dummy` and `registrationTokenStage`. */
  readonly uia: Uia;
  readonly users: Pick<Users, "accounts" | "sessions" | "passwords">;
  readonly serverName: string;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  /** Of the configuration. */
  readonly config: FlowNeeds & { readonly guests: boolean };
  /** Told of each new account and of what the stages of its registration found out, before the client is. */
  readonly onRegistered?: (userId: string, results: ReadonlyMap<string, JsonValue>) => Promise<void>;
}

/** How people make accounts. */
export const registration = ({ config, onRegistered, ...needs }: Needs): Module => {
  const flows = registrationFlows(config);
  return {
    name: "registration",
    spec: [
      {
        section: "Account registration",
        link: "https://spec.matrix.org/v1.19/client-server-api/#legacy-account-registration",
        status: "partial",
        missing: "Registration by application services",
      },
      {
        section: "Token-authenticated registration",
        link: "https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration",
        status: "complete",
      },
    ],
    endpoints: [
      postRegister({
        ...needs,
        mode: config.mode,
        allowsGuests: config.guests,
        flows,
        async onRegistered(userId, results) {
          await keepAcceptedTerms(needs, userId, results);
          await onRegistered?.(userId, results);
        },
      }),
      getAvailable({ ...needs, mode: config.mode }),
      getTokenValidity({ ...needs, isAskedFor: config.mode !== "closed" && flows.flat().includes(tokenStageType) }),
    ],
  };
};
