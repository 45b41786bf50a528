import { Type } from "typebox";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { downloadQuery, givingOut, type MediumRequest, oldDownloadQuery, requestedMedium } from "./download.ts";
import type { MediaLibrary } from "./library.ts";
import type { Medium } from "./media.store.ts";
import { nameParams } from "./name.ts";
import { mediumAnswer } from "./serving.ts";
import { type Taste, tasteOf } from "./thumbnails/taste.ts";
import type { Thumbnails } from "./thumbnails/thumbnails.ts";

interface Needs {
  readonly library: MediaLibrary;
  readonly thumbnails: Thumbnails;
}

/** Wider than any screen: beyond that a number is a mistake. */
const side = Type.Integer({ minimum: 1, maximum: 32_768 });

const wanted = {
  width: side,
  height: side,
  method: Type.Optional(Type.Enum(["crop", "scale"])),
  animated: Type.Optional(Type.Boolean()),
};

/**
 * A small image of a medium, for those who are logged in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid
 */
export const getContentThumbnailAuthed = (needs: Needs) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/thumbnail/{serverName}/{mediaId}"],
    auth: "user-or-guest",
    params: nameParams,
    query: Type.Object({ ...wanted, ...downloadQuery.properties }),
    handle: async (request) => await thumbnail(needs, request),
  });

/** The same for everybody who knows the name, as of downloads of before v1.11. */
export const getContentThumbnail = ({ openUntil, ...needs }: Needs & { readonly openUntil: number }) =>
  endpoint({
    ...givingOut,
    path: "/_matrix/media/v3/thumbnail/{serverName}/{mediaId}",
    auth: "none",
    params: nameParams,
    query: Type.Object({ ...wanted, ...oldDownloadQuery.properties }),
    handle: async (request) => await thumbnail(needs, request, openUntil),
  });

interface Asked {
  readonly width: number;
  readonly height: number;
  readonly method?: "crop" | "scale";
  readonly animated?: boolean;
}

async function thumbnail(
  { library, thumbnails }: Needs,
  { query: asked, headers, ...request }: MediumRequest & { readonly query: Asked & MediumRequest["query"] },
  madeBefore?: number,
): Promise<Answer> {
  const medium = await requestedMedium(library, { ...request, query: asked, headers }, madeBefore);
  const taste = tasteOf(headers["accept"]);
  const answer = await mediumAnswer(library, {
    medium: await smaller(thumbnails, medium, asked, taste),
    headers,
    mayRedirect: asked.allow_redirect,
  });
  return new Answer(answer.status, answer.body, { ...answer.headers, vary: "accept" });
}

/** The medium with the file of its thumbnail instead of its own. */
async function smaller(thumbnails: Thumbnails, medium: Medium, asked: Asked, taste: Taste): Promise<Medium> {
  const { width, height, method = "scale", animated: isAnimated = false } = asked;
  const { fileHash, sizeBytes, contentType } = await thumbnails.of(medium, {
    width,
    height,
    method,
    isAnimated,
    taste,
  });
  const [, extension = ""] = contentType.split("/");
  const isOwn = fileHash === medium.fileHash;
  const uploadName = `thumbnail.${extension}`;
  return { ...medium, fileHash, sizeBytes: isOwn ? medium.sizeBytes : sizeBytes, contentType, uploadName };
}
