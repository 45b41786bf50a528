import type { Clock } from "../../clock.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import { type Identifiers, validatedIn } from "../third-party-identifiers/index.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { acceptedIn, addAcceptedTerms } from "./accepted-terms.ts";
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
  readonly clock: Clock;
  /** Of the configuration. */
  readonly config: FlowNeeds & { readonly guests: boolean };
  /** For the addresses that the stages of a registration found out: recorded with the account. */
  readonly identifiers: Pick<Identifiers, "additionOf">;
}

/** How people make accounts. */
export const registration = ({ config, identifiers, clock, ...needs }: Needs): Module => {
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
        async additionOf(results) {
          const addIdentifiers = await identifiers.additionOf(validatedIn(results));
          return (tx, made) => {
            addIdentifiers(tx, made);
            addAcceptedTerms(tx, made, { accepted: acceptedIn(results), now: clock.now() });
          };
        },
      }),
      getAvailable({ ...needs, mode: config.mode }),
      getTokenValidity({ ...needs, isAskedFor: config.mode !== "closed" && flows.flat().includes(tokenStageType) }),
    ],
  };
};
