/*
 * How an address is shown to be somebody's in a browser alone, for clients that do not know the stage. The first form asks
 * for the address, and a mail or a text message is sent; the second waits until its link was followed, or asks for its
 * code. What the second must know of the first is in hidden fields: the browser is the client here, and keeps the secret.
 * https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
import { randomBytes } from "node:crypto";
import { limitKeyOf } from "../../http/address.ts";
import { tokenIncorrect } from "../../http/errors.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import { html } from "../../pages/html.ts";
import type { Fields, FormSender, StageForm, StagePage } from "../user-interactive-authentication/index.ts";
import type { Medium } from "./address.ts";
import { purposeOf } from "./stage-purposes.ts";
import type { RequestToken, WrittenAddress } from "./token-requests.ts";
import type { Validations } from "./validations.ts";

/** What the pages work with. */
export interface PageNeeds {
  readonly validations: Pick<Validations, "submit">;
  readonly requestToken: RequestToken;
  readonly limiter: Pick<Limiter, "require">;
}

/** What is different for the two media. */
interface Words {
  readonly title: string;
  readonly first: (address: string) => StageForm;
  readonly second: (address: string) => StageForm;
  readonly toWritten: (address: string) => WrittenAddress;
}

const again = html`<button class="quiet" name="again" value="yes" formnovalidate>Send it again</button>`;

const words: Readonly<Record<Medium, Words>> = {
  email: {
    title: "Your e-mail address",
    first: (address) => ({
      fields: html`<p>A mail with a link will be sent to it, to see that it is yours.</p>
<div><label for="address">E-mail address</label>
<input id="address" name="address" type="email" autocomplete="email" value="${address}" required autofocus></div>`,
      button: "Send the mail",
    }),
    second: (address) => ({
      fields: html`<p>A mail was sent to ${address}. Open its link and confirm there. Then come back here.</p>`,
      button: "I have confirmed",
      more: again,
    }),
    toWritten: (email) => ({ medium: "email", email }),
  },
  msisdn: {
    title: "Your telephone number",
    first: (address) => ({
      fields: html`<p>A text message with a code will be sent to it, to see that it is yours.</p>
<div><label for="address">Telephone number</label>
<input id="address" name="address" type="tel" autocomplete="tel" value="${address}" aria-describedby="form" required
autofocus>
<p id="form" class="hint">With the code of the country, such as +44 20 7946 0000.</p></div>`,
      button: "Send the code",
    }),
    second: (address) => ({
      fields: html`<p>A text message with a code was sent to ${address}.</p>
<div><label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></div>`,
      button: "Continue",
      more: again,
    }),
    toWritten: (phoneNumber) => ({ medium: "msisdn", phoneNumber, country: undefined }),
  },
};

/** The fallback page of a medium's stage. */
export function stagePage(medium: Medium, { validations, requestToken, limiter }: PageNeeds): StagePage {
  const { title, first, second, toWritten } = words[medium];

  async function send(given: Fields, { operation, userId, address, language }: FormSender): Promise<Fields> {
    limiter.require("validation", limitKeyOf(address));
    const { address: written = "", secret: clientSecret = newSecret() } = given;
    const sendAttempt = attemptOf(given) + 1;
    const sid = await requestToken({
      purpose: purposeOf(operation),
      written: toWritten(written),
      clientSecret,
      sendAttempt,
      nextLink: undefined,
      idServer: undefined,
      userId,
      language,
    });
    return { address: written, sid, secret: clientSecret, attempt: String(sendAttempt) };
  }

  return {
    title,
    form(_userId, given) {
      const { address = "", sid, secret } = given;
      if (sid === undefined || secret === undefined) return first(address);
      const form = second(address);
      const kept = Object.entries({ address, sid, secret, attempt: String(attemptOf(given)) });
      const hidden = kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
      return { ...form, fields: [hidden, form.fields] };
    },
    async prepare(given, sender) {
      const { sid, secret, code = "" } = given;
      if (sid === undefined || secret === undefined || given["again"] !== undefined) return await send(given, sender);
      if (medium === "msisdn" && !(await validations.submit(sid, code.trim(), secret))) {
        throw tokenIncorrect("The code is wrong or has expired");
      }
      return undefined;
    },
    toAuth: ({ sid = "", secret = "" }) => ({ threepid_creds: { sid, client_secret: secret } }),
  };
}

/** A client's secret, in the letters that such may have. */
const newSecret = (): string => randomBytes(24).toString("base64url");

/** Which attempt at sending the form was made after; 0 = none. */
function attemptOf({ attempt = "" }: Fields): number {
  return /^[1-9]\d{0,5}$/.test(attempt) ? Number(attempt) : 0;
}
