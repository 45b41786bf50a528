import { randomBytes } from "node:crypto";
import { boundedCache } from "../../bounded-cache.ts";
import { forbidden } from "../../http/errors.ts";
import type { Flow, Stage } from "../user-interactive-authentication/index.ts";
import { pagesPath } from "./browser.ts";

export const stageType = "m.login.sso";

/** Proofs live from the callback to the attempt that follows at once. */
const MOST_PROOFS = 1000;
const PROOF_LIFETIME_MS = 60_000;

/** The stage, and the only way to complete it. */
export interface SsoStage extends Stage {
  /** A proof that the user has logged in at a provider, good for one attempt. Never leaves this process. */
  prove(userId: string): string;
}

/**
 * The stage that is done in a browser alone: what a client says of it in `auth` proves nothing.
 * @see https://spec.matrix.org/v1.19/client-server-api/#sso-during-user-interactive-authentication
 */
export function singleSignOnStage(): SsoStage {
  const proofs = boundedCache<string, string>(MOST_PROOFS, { ttl: PROOF_LIFETIME_MS });
  return {
    type: stageType,
    page: { redirect: (session) => `${pagesPath}/authenticate?session=${encodeURIComponent(session)}` },
    async attempt({ auth, userId }) {
      const proof = auth["proof"];
      const proven = typeof proof === "string" ? proofs.get(proof) : undefined;
      if (typeof proof !== "string" || userId === undefined || proven !== userId) {
        throw forbidden("Log in again in the browser first");
      }
      proofs.delete(proof);
      return {};
    },
    prove(userId) {
      const proof = randomBytes(32).toString("base64url");
      proofs.set(proof, userId);
      return proof;
    },
  };
}

/**
 * The flows for who has an identity at a provider: where a password alone would do, so does logging in there. Accounts
 * that were made by single sign-on have no password.
 */
export const withSingleSignOn = (flows: readonly Flow[]): readonly Flow[] =>
  flows.some(([first, ...others]) => first === "m.login.password" && others.length === 0)
    ? [...flows, [stageType]]
    : flows;
