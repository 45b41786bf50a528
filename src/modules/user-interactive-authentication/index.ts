import type { Module } from "../module.ts";
import { getFallback, postFallback } from "./fallback.endpoint.ts";
import type { Stage } from "./stage.ts";
import type { Uia } from "./uia.ts";

export { authSchema } from "./auth-body.ts";
export { verifyingWith } from "./captcha-service.ts";
export { type Captcha, captchaStage } from "./captcha-stage.ts";
export { donePage } from "./fallback.endpoint.ts";
export { dummyStage, passwordStage } from "./stage.ts";
export type { Fields, FormSender, Stage, StageAttempt, StageForm, StagePage } from "./stage.ts";
export { type Policies, termsStage, termsStageType } from "./terms-stage.ts";
export { type Authenticated, createUia, type Flow, type SessionInBrowser, type Uia, type UiaRequest } from "./uia.ts";

interface Needs {
  readonly uia: Uia;
  /** All stages there are. */
  readonly stages: readonly Stage[];
}

/** User-interactive authentication: other modules' endpoints require it; its own are the pages in a browser. */
export const userInteractiveAuthentication = (needs: Needs): Module => ({
  name: "user-interactive-authentication",
  spec: [
    {
      section: "User-Interactive Authentication API",
      link: "https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api",
      status: "complete",
    },
  ],
  endpoints: [getFallback(needs), postFallback(needs)],
});
