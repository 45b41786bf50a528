import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { waitOf } from "./download.endpoint.ts";
import type { MediaLibrary } from "./library.ts";
import type { Medium } from "./media.store.ts";
import { nameParams, requireName } from "./name.ts";
import { requireOpen } from "./old-download.endpoint.ts";
import { mediumAnswer } from "./serving.ts";
import type { Thumbnails } from "./thumbnails/thumbnails.ts";

interface Needs {
  readonly library: MediaLibrary;
  readonly thumbnails: Thumbnails;
}

/** Wider than any screen: beyond that a number is a mistake. */
const side = Type.Integer({ minimum: 1, maximum: 32_768 });

const query = Type.Object({
  width: side,
  height: side,
  method: Type.Optional(Type.Enum(["crop", "scale"])),
  animated: Type.Optional(Type.Boolean()),
  timeout_ms: Type.Optional(Type.Integer({ minimum: 0 })),
});

/**
 * A small image of a medium, for those who are logged in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 */
export const getContentThumbnailAuthed = ({ library, thumbnails }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/thumbnail/{serverName}/{mediaId}"],
    surface: "media",
    auth: "user-or-guest",
    limit: "none",
    params: nameParams,
    query,

    async handle({ params, query: asked, headers, signal }) {
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      return await mediumAnswer(library, { medium: await smaller(thumbnails, medium, asked), headers });
    },
  });

/** The same for everybody who knows the name, as of downloads of before v1.11. */
export const getContentThumbnail = ({ library, thumbnails, openUntil }: Needs & { readonly openUntil: number }) =>
  endpoint({
    method: "GET",
    path: "/_matrix/media/v3/thumbnail/{serverName}/{mediaId}",
    surface: "media",
    auth: "none",
    limit: "none",
    params: nameParams,
    query: Type.Object({
      ...query.properties,
      allow_remote: Type.Optional(Type.Boolean()),
      allow_redirect: Type.Optional(Type.Boolean()),
    }),

    async handle({ params, query: asked, headers, signal }) {
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      requireOpen(medium, openUntil);
      return await mediumAnswer(library, { medium: await smaller(thumbnails, medium, asked), headers });
    },
  });

interface Asked {
  readonly width: number;
  readonly height: number;
  readonly method?: "crop" | "scale";
  readonly animated?: boolean;
}

/** The medium with the file of its thumbnail instead of its own. */
async function smaller(thumbnails: Thumbnails, medium: Medium, asked: Asked): Promise<Medium> {
  const { width, height, method = "scale", animated: isAnimated = false } = asked;
  const { fileHash, sizeBytes, contentType } = await thumbnails.of(medium, { width, height, method, isAnimated });
  const [, extension = ""] = contentType.split("/");
  const isOwn = fileHash === medium.fileHash;
  const uploadName = `thumbnail.${extension}`;
  return { ...medium, fileHash, sizeBytes: isOwn ? medium.sizeBytes : sizeBytes, contentType, uploadName };
}
