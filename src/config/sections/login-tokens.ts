import { Type } from "typebox";
import { section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

export type LoginTokensConfig = {
  /** Whether users may get one for another client of theirs. */
  readonly fromSessions: boolean;
  readonly lifetimeMs: number;
};

export const loginTokens = section({
  key: "login_tokens",
  schema: Type.Object(
    {
      from_sessions: Type.Boolean({
        default: false,
        description:
          "Whether users may log another client in from one that is logged in (`POST /login/get_token`), after authenticating again.",
      }),
      lifetime: durationSchema("How long such a token is valid.", "2m"),
    },
    { additionalProperties: false, default: {}, description: "Logging another client in by a token." },
  ),
  resolve: (written): LoginTokensConfig => ({
    fromSessions: written.from_sessions,
    lifetimeMs: parseDuration(written.lifetime),
  }),
});
