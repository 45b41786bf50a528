import { Type } from "typebox";
import { section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

export type IdentityServersConfig = {
  /** `undefined` = whichever the client names. */
  readonly trusted: ReadonlySet<string> | undefined;
  readonly timeoutMs: number;
};

export const identityServers = section({
  key: "identity_servers",
  schema: Type.Object(
    {
      trusted: Type.Union([Type.Null(), Type.Array(Type.String({ minLength: 1 }))], {
        default: null,
        description:
          "The identity servers (`vector.im`) with which users may publish their identifiers; `null`: whichever their client names, `[]`: none.",
      }),
      timeout: durationSchema("How long an identity server may take to answer.", "10s"),
    },
    { additionalProperties: false, default: {}, description: "Servers where users publish their identifiers." },
  ),
  resolve: (written): IdentityServersConfig => ({
    trusted: written.trusted === null ? undefined : new Set(written.trusted.map((name) => name.toLowerCase())),
    timeoutMs: parseDuration(written.timeout),
  }),
});
