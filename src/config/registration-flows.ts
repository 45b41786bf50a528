import type { Config } from "./config.ts";

type Report = (path: readonly string[], message: string) => void;

/** Flows of registration that could never be completed, or would let in whom the mode keeps out. */
export function checkRegistrationFlows(
  { registration, captcha, terms, email, sms }: Pick<Config, "registration" | "captcha" | "terms" | "email" | "sms">,
  report: Report,
): void {
  const missing = new Map<string, string>();
  if (!captcha.service) missing.set("m.login.recaptcha", "needs the keys of `captcha`");
  if (Object.keys(terms.policies).length === 0) missing.set("m.login.terms", "needs policies of `terms`");
  if (!email.server) missing.set("m.login.email.identity", "needs a mail server (`email.smtp_url`)");
  if (!sms.gateway) missing.set("m.login.msisdn", "needs an SMS gateway (`sms.url`)");
  registration.flows?.forEach((flow, index) => {
    const path = ["registration", "flows", String(index)];
    for (const [at, stage] of flow.entries()) {
      const problem = missing.get(stage);
      if (problem !== undefined) report([...path, String(at)], problem);
    }
    if (registration.mode === "token" && !flow.includes("m.login.registration_token")) {
      report(path, "lacks `m.login.registration_token`, which `mode: token` asks of everybody");
    }
  });
}
