import { Type } from "typebox";
import { optionalText } from "../optional-text.ts";
import { section } from "../section.ts";

/** A captcha service that works as reCAPTCHA 2 does. */
export type CaptchaService = {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly verifyUrl: string;
  readonly scriptUrl: string;
  /** Origins that the script uses, beside its own. */
  readonly origins: readonly string[];
};

export type CaptchaConfig = {
  /** `undefined` = there is no captcha. */
  readonly service: CaptchaService | undefined;
};

const url = (description: string, byDefault: string) =>
  Type.String({ pattern: "^https?://.+$", formName: "an https:// URL", default: byDefault, description });

export const captcha = section({
  key: "captcha",
  schema: Type.Object(
    {
      public_key: optionalText("The site key, which clients show the captcha with; `null`: no captcha."),
      private_key: optionalText("The secret key, with which answers are verified.", ["${CAPTCHA_SECRET}"]),
      verify_url: url(
        "Where answers are verified: of Google's reCAPTCHA 2 or of a service that works as it does, such as hCaptcha (`https://api.hcaptcha.com/siteverify`).",
        "https://www.google.com/recaptcha/api/siteverify",
      ),
      script_url: url(
        "The script that shows the captcha on the fallback page.",
        "https://www.google.com/recaptcha/api.js",
      ),
      origins: Type.Array(
        Type.String({ pattern: "^https?://[A-Za-z0-9.*:-]+$", formName: "an origin such as https://www.gstatic.com" }),
        {
          default: ["https://www.google.com", "https://www.gstatic.com"],
          description: "From where that script may load more, beside its own origin.",
        },
      ),
    },
    { additionalProperties: false, default: {}, description: "A captcha that people answer to make an account." },
  ),
  resolve(written, { problem }): CaptchaConfig {
    const { public_key: publicKey, private_key: privateKey, verify_url: verifyUrl, script_url: scriptUrl } = written;
    for (const name of ["verify_url", "script_url"] as const) {
      if (!URL.canParse(written[name])) problem([name], "is not a URL");
    }
    if (publicKey === null && privateKey === null) return { service: undefined };
    if (publicKey === null || privateKey === null) {
      problem([publicKey === null ? "private_key" : "public_key"], "needs the other key as well");
      return { service: undefined };
    }
    return { service: { publicKey, privateKey, verifyUrl, scriptUrl, origins: written.origins } };
  },
});
