import { captchaInvalid, captchaNeeded } from "../../http/errors.ts";
import { html } from "../../pages/html.ts";
import type { Stage } from "./stage.ts";

/** A captcha service that answers as Google's reCAPTCHA 2 does. */
export interface Captcha {
  readonly publicKey: string;
  /** The script that draws it, and the origins that this one uses. */
  readonly script: string;
  readonly origins: readonly string[];
  /**
   * Whether the service knows the answer as one of a person.
   * @throws MatrixError when the service cannot be asked
   */
  readonly verify: (response: string) => Promise<boolean>;
}

/**
 * Lets pass whom a captcha service takes for a person.
 * @see https://spec.matrix.org/v1.19/client-server-api/#google-recaptcha
 */
export const captchaStage = ({ publicKey, script, origins, verify }: Captcha): Stage => ({
  type: "m.login.recaptcha",
  params: () => ({ public_key: publicKey }),
  async attempt({ auth }) {
    const response = auth["response"];
    if (typeof response !== "string" || response === "") throw captchaNeeded();
    if (response.length > LONGEST_RESPONSE || !(await verify(response))) throw captchaInvalid();
    return {};
  },
  page: {
    title: "Are you a person?",
    scripts: [script],
    origins,
    form: () => ({
      fields: html`<p>Answer the question below, then continue.</p>
<div class="g-recaptcha" data-sitekey="${publicKey}"></div>
<noscript><p class="problem">This step needs JavaScript.</p></noscript>`,
      button: "Continue",
    }),
    toAuth: (fields) => ({ response: fields["g-recaptcha-response"] ?? "" }),
  },
});

/** Responses of known services have some 2,000 characters at most. */
const LONGEST_RESPONSE = 16_384;
