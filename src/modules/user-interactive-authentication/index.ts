import type { Module } from "../module.ts";

export { authSchema } from "./auth-body.ts";
export { dummyStage, passwordStage, type Stage, type StageAttempt } from "./stage.ts";
export { type Authenticated, createUia, type Flow, type Uia, type UiaRequest } from "./uia.ts";

/** User-interactive authentication has no endpoint of its own: other modules' endpoints require it. */
export const userInteractiveAuthentication = (): Module => ({
  name: "user-interactive-authentication",
  spec: [
    {
      section: "User-Interactive Authentication API",
      link: "https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api",
      status: "partial",
      missing: "Stages for e-mail, telephone, captcha, single sign-on and terms; the fallback pages",
    },
  ],
  endpoints: [],
});
