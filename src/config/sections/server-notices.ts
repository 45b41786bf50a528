import { Type } from "typebox";
import { section } from "../section.ts";

export type ServerNoticesConfig = {
  /** The part of the user ID before the colon. */
  readonly user: string;
  readonly displayName: string;
  readonly avatarUrl: string | undefined;
  readonly roomName: string;
  readonly roomTopic: string | undefined;
};

export const serverNotices = section({
  key: "server_notices",
  schema: Type.Object(
    {
      user: Type.String({
        pattern: "^[a-z0-9._=/+-]{1,128}$",
        formName: "a name of small letters, digits and ._=/+-",
        default: "server-notices",
        description: "The user who sends notices: the part before the colon. Nobody can register this name.",
      }),
      display_name: Type.String({ default: "Server notices", description: "What the sender is called." }),
      avatar_url: Type.Union([Type.Null(), Type.String({ pattern: "^mxc://", formName: "an mxc:// URI" })], {
        default: null,
        description: "The picture of the sender.",
      }),
      room_name: Type.String({ default: "Server notices", description: "What the rooms of the notices are called." }),
      room_topic: Type.Union([Type.Null(), Type.String()], { default: null, description: "The topic of these rooms." }),
    },
    { additionalProperties: false, default: {}, description: "Messages of the server itself to its users." },
  ),
  resolve: (written): ServerNoticesConfig => ({
    user: written.user,
    displayName: written.display_name,
    avatarUrl: written.avatar_url ?? undefined,
    roomName: written.room_name,
    roomTopic: written.room_topic ?? undefined,
  }),
});
