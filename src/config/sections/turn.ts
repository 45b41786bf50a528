import { Type } from "typebox";
import { optionalText } from "../optional-text.ts";
import { type ResolveContext, section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

/** How clients show TURN servers that they may use them. */
export type TurnCredentials =
  | { readonly kind: "shared_secret"; readonly secret: string }
  | { readonly kind: "fixed"; readonly username: string; readonly password: string };

export type TurnConfig = {
  /** Empty = there are no TURN servers. */
  readonly uris: readonly string[];
  /** There whenever there are URIs. */
  readonly credentials: TurnCredentials | undefined;
  readonly lifetimeMs: number;
  /** Whether guests are told of them too. */
  readonly guests: boolean;
};

export const turn = section({
  key: "turn",
  schema: Type.Object(
    {
      uris: Type.Array(
        Type.String({
          pattern: "^(turn|stun)s?:.+$",
          formName: "a URI such as turn:turn.example.org:3478?transport=udp",
        }),
        { default: [], description: "The TURN servers that clients use for calls; `[]`: none." },
      ),
      shared_secret: optionalText(
        "The secret that the TURN servers share with this one (coturn: `static-auth-secret`). Users get credentials of their own, which expire.",
        ["${TURN_SECRET}"],
      ),
      username: optionalText("Instead of a shared secret: the name that everybody uses."),
      password: optionalText("Instead of a shared secret: the password that everybody uses.", ["${TURN_PASSWORD}"]),
      lifetime: durationSchema("How long credentials are valid.", "1d"),
      guests: Type.Boolean({ default: false, description: "Whether guests may use the TURN servers." }),
    },
    { additionalProperties: false, default: {}, description: "Servers that relay calls." },
  ),
  resolve: (written, context): TurnConfig => ({
    uris: written.uris,
    credentials: credentialsOf(written, context),
    lifetimeMs: parseDuration(written.lifetime),
    guests: written.guests,
  }),
});

interface Written {
  readonly uris: readonly string[];
  readonly shared_secret: string | null;
  readonly username: string | null;
  readonly password: string | null;
}

function credentialsOf(written: Written, { problem }: ResolveContext): TurnCredentials | undefined {
  const { uris, shared_secret: secret, username, password } = written;
  if (secret !== null && (username !== null || password !== null)) {
    problem(["shared_secret"], "is not to be given together with `username` and `password`");
  }
  if (secret !== null) return { kind: "shared_secret", secret };
  if (username !== null && password !== null) return { kind: "fixed", username, password };
  if (username !== null || password !== null) problem(["username"], "needs `password`, and the other way round");
  else if (uris.length > 0) problem(["uris"], "need a `shared_secret`, or `username` and `password`");
  return undefined;
}
