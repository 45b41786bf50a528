import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import type { Asked, MarkType } from "./mark.ts";
import { UNSTABLE_PRIVATE } from "./receipt.endpoint.ts";

const eventId = Type.Optional(Type.String());

/**
 * Moves the fully-read marker, and receipts that regard no threads, with one request. Members of other names are let be.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidread_markers
 */
export const setReadMarkers = ({ mark }: { readonly mark: (asked: Asked) => Promise<void> }) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/rooms/{roomId}/read_markers",
    auth: "user",
    limit: "writing",
    params: Type.Object({ roomId: Type.String() }),
    body: Type.Object({
      "m.fully_read": eventId,
      "m.read": eventId,
      "m.read.private": eventId,
      [UNSTABLE_PRIVATE]: eventId,
      // MSC4446: without it the marker only ever goes forward.
      "com.beeper.allow_backward": Type.Optional(Type.Boolean()),
    }),

    async handle({ params: { roomId }, body, requester: { userId } }) {
      const wanted: readonly (readonly [MarkType, string | undefined])[] = [
        ["m.fully_read", body["m.fully_read"]],
        ["m.read", body["m.read"]],
        ["m.read.private", body["m.read.private"] ?? body[UNSTABLE_PRIVATE]],
      ];
      const marks = wanted.flatMap(([type, id]) => (id === undefined ? [] : [{ type, eventId: id }]));
      await mark({ userId, roomId, marks, mayGoBack: body["com.beeper.allow_backward"] ?? false });
      return {};
    },
  });
