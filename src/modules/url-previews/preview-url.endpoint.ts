import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { forbidden, unavailable } from "../../http/errors.ts";
import { languagesOf } from "./language.ts";
import type { UrlPreviews } from "./previews.ts";
import { requireTarget } from "./target.ts";

interface Needs {
  /** `undefined` = the operator does not want them. */
  readonly previews: UrlPreviews | undefined;
  /** The languages that are asked for when the client does not say. */
  readonly language: string;
}

/**
 * What a web page is about, for those who see a link to it.
 *
 * Where previews are off the text says nothing. The answer is that of the proposal for their capability (MSC4452).
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url
 */
const getPreview = ({ previews, language }: Needs, path: string, aliases: readonly string[] = []) =>
  endpoint({
    method: "GET",
    path,
    aliases,
    surface: "media",
    auth: "user",
    limit: "urlPreview",
    params: Type.Object({}),
    query: Type.Object({ url: Type.String(), ts: Type.Optional(Type.Integer()) }),

    async handle({ query, headers, signal }) {
      if (!previews) throw forbidden("This server does not make previews of web pages");
      const url = requireTarget(query.url);
      const asked = { url, language: languagesOf(headers["accept-language"], language), at: query.ts };
      return new JsonText(await unlessAborted(previews.get(asked), signal));
    },
  });

/** A page is looked at to its end, for others who may ask; but nobody waits for it who is gone, and no end of the server. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(unavailable("The server is stopping, try again later"));
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** The path of v1.11 and later. */
export const getUrlPreviewAuthed = (needs: Needs) =>
  getPreview(needs, "/_matrix/client/v1/media/preview_url", [
    "/_matrix/client/unstable/org.matrix.msc3916/media/preview_url",
  ]);

/** The path of before. */
export const getUrlPreview = (needs: Needs) => getPreview(needs, "/_matrix/media/v3/preview_url");
