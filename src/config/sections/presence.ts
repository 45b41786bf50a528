import { Type } from "typebox";
import { section } from "../section.ts";

export type PresenceConfig = {
  readonly enabled: boolean;
};

export const presence = section({
  key: "presence",
  schema: Type.Object(
    {
      enabled: Type.Boolean({
        default: true,
        description: "Whether users who share a room are told who is online. Without, everybody is offline.",
      }),
    },
    { additionalProperties: false, default: {}, description: "Who is online." },
  ),
  resolve: (written): PresenceConfig => written,
});
