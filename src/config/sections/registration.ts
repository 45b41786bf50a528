import { Type } from "typebox";
import { section } from "../section.ts";

export type RegistrationConfig = {
  readonly mode: "closed" | "token" | "open";
  /** For `/_synapse/admin/v1/register`; `undefined` = that endpoint refuses everybody. */
  readonly sharedSecret: string | undefined;
  readonly guests: boolean;
  /** Registration tokens of the configuration file, beside those that administrators make. */
  readonly tokens: readonly string[];
  /** The stages of each way to register; `undefined` = what the mode, `captcha` and `terms` ask for. */
  readonly flows: readonly (readonly string[])[] | undefined;
};

const stages = [
  "m.login.recaptcha",
  "m.login.terms",
  "m.login.email.identity",
  "m.login.msisdn",
  "m.login.registration_token",
  "m.login.dummy",
] as const;

export const registration = section({
  key: "registration",
  schema: Type.Object(
    {
      mode: Type.Enum(["closed", "token", "open"], {
        default: "closed",
        description:
          "`closed`: administrators make the accounts. `token`: whoever has a registration token. `open`: everybody.",
      }),
      shared_secret: Type.Union([Type.Null(), Type.String({ minLength: 1 })], {
        default: null,
        description:
          "The secret with which tools make accounts by `/_synapse/admin/v1/register` (nonce and HMAC), in every mode.",
        examples: ["${REGISTRATION_SECRET}"],
      }),
      guests: Type.Boolean({ default: false, description: "Whether guest accounts may be made." }),
      tokens: Type.Array(
        Type.String({ pattern: "^[A-Za-z0-9._~-]{1,64}$", formName: "a token of letters, digits and ._~-" }),
        {
          default: [],
          description: "Registration tokens that are always valid, for `mode: token`.",
        },
      ),
      flows: Type.Union(
        [
          Type.Null(),
          Type.Array(Type.Array(Type.Enum([...stages]), { minItems: 1, maxItems: stages.length }), {
            minItems: 1,
            maxItems: 20,
          }),
        ],
        {
          default: null,
          description:
            "What people do to make an account: a list of ways, each a list of stages, of which one way suffices. `null`: what there is of captcha, terms and (for `mode: token`) the token.",
          examples: [[["m.login.recaptcha", "m.login.terms", "m.login.email.identity"]]],
        },
      ),
    },
    { additionalProperties: false, default: {}, description: "Who may make an account." },
  ),
  resolve: (written): RegistrationConfig => ({
    mode: written.mode,
    sharedSecret: written.shared_secret ?? undefined,
    guests: written.guests,
    tokens: written.tokens,
    flows: written.flows ?? undefined,
  }),
});
