import { type Flow, termsStageType } from "../user-interactive-authentication/index.ts";
import type { RegistrationMode } from "./register.endpoint.ts";
import { tokenStageType } from "./registration-tokens.ts";

/** What of the configuration decides how people register. */
export interface FlowNeeds {
  readonly mode: RegistrationMode;
  /** As the operator wrote them; `undefined` = what the rest asks for. */
  readonly flows: readonly Flow[] | undefined;
  readonly hasCaptcha: boolean;
  readonly hasTerms: boolean;
}

/**
 * The ways to register. A captcha comes first: it keeps programs from all that follows.
 * @see https://spec.matrix.org/v1.19/client-server-api/#dummy-auth why there is a stage when nothing is asked for
 */
export function registrationFlows({ mode, flows, hasCaptcha, hasTerms }: FlowNeeds): readonly Flow[] {
  if (flows) return flows;
  const stages: string[] = [];
  if (hasCaptcha) stages.push("m.login.recaptcha");
  if (hasTerms) stages.push(termsStageType);
  if (mode === "token") stages.push(tokenStageType);
  return [stages.length > 0 ? stages : ["m.login.dummy"]];
}
