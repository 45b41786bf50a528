import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";

interface Needs {
  readonly defaultRoomVersion: string;
  readonly roomVersions: readonly string[];
  readonly givesLoginTokens: boolean;
  readonly mayChangeIdentifiers: boolean;
  readonly makesUrlPreviews: boolean;
}

/**
 * Says what users of this server can do.
 * @see https://spec.matrix.org/v1.19/client-server-api/#capabilities-negotiation
 */
export const getCapabilities = ({
  defaultRoomVersion,
  roomVersions,
  givesLoginTokens,
  mayChangeIdentifiers,
  makesUrlPreviews,
}: Needs) => {
  const capabilities = {
    "m.change_password": { enabled: true },
    "m.room_versions": {
      default: defaultRoomVersion,
      available: Object.fromEntries(roomVersions.map((version) => [version, "stable"])),
    },
    // Rooms stay until their user forgets them.
    "m.forget_forced_upon_leave": { enabled: false },
    "m.profile_fields": { enabled: true },
    "m.set_displayname": { enabled: true },
    "m.set_avatar_url": { enabled: true },
    "m.3pid_changes": { enabled: mayChangeIdentifiers },
    "m.get_login_token": { enabled: givesLoginTokens },
    // MSC4452: so that clients do not offer what is not there.
    "io.element.msc4452.preview_url": { enabled: makesUrlPreviews },
  };
  // Named to those alone who have it.
  const forAdministrators = { ...capabilities, "m.account_moderation": { suspend: true, lock: true } };
  return endpoint({
    method: "GET",
    path: "/_matrix/client/v3/capabilities",
    auth: "user",
    limit: "reading",
    params: Type.Object({}),
    handle: async ({ requester }) => ({ capabilities: requester.isAdmin ? forAdministrators : capabilities }),
  });
};
