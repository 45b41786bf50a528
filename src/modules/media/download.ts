import type { IncomingHttpHeaders } from "node:http";
import { Type } from "typebox";
import type { Answer } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { MediaLibrary } from "./library.ts";
import type { Medium } from "./media.store.ts";
import { nameParams, requireName } from "./name.ts";
import { mediumAnswer } from "./serving.ts";

/** What all endpoints that give media out have in common. */
export const givingOut = { method: "GET", surface: "media", limit: "download" } as const;

/** What today's paths are asked with. By the text their answer may always be a redirect, but not all can follow one. */
export const downloadQuery = Type.Object({
  timeout_ms: Type.Optional(Type.Integer({ minimum: 0 })),
  allow_redirect: Type.Optional(Type.Boolean()),
});

/** What the paths of before v1.11 are asked with. `allow_remote` matters to media of other servers. */
export const oldDownloadQuery = Type.Object({
  ...downloadQuery.properties,
  allow_remote: Type.Optional(Type.Boolean()),
});

/** The path of a medium under a name of the client's choice. */
export const namedParams = Type.Object({ ...nameParams.properties, fileName: Type.String() });

/** How long a client waits for a medium that is announced, unless it says so, and at most. */
const USUAL_WAIT_MS = 20_000;
const LONGEST_WAIT_MS = 60_000;

/** A request for a medium, as it comes by any of the paths. */
export interface MediumRequest {
  readonly params: { readonly serverName: string; readonly mediaId: string; readonly fileName?: string };
  readonly query: { readonly timeout_ms?: number; readonly allow_redirect?: boolean };
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly signal: AbortSignal;
}

/**
 * The medium that a request names. Strangers are given those `madeBefore` alone, and are not told of others.
 * @throws MatrixError 404 `M_NOT_FOUND`, 504 `M_NOT_YET_UPLOADED`
 */
export async function requestedMedium(
  library: MediaLibrary,
  { params, query, signal }: MediumRequest,
  madeBefore = Number.POSITIVE_INFINITY,
): Promise<Medium> {
  const timeoutMs = Math.min(query.timeout_ms ?? USUAL_WAIT_MS, LONGEST_WAIT_MS);
  return await library.require(requireName(params), { timeoutMs, signal, madeBefore });
}

/** The answer to a download, with or without a name of the client's choice. */
export async function download(library: MediaLibrary, request: MediumRequest, madeBefore?: number): Promise<Answer> {
  const { fileName } = request.params;
  if (fileName !== undefined) assertFileName(fileName);
  const medium = await requestedMedium(library, request, madeBefore);
  const { headers, query } = request;
  return await mediumAnswer(library, { medium, fileName, headers, mayRedirect: query.allow_redirect });
}

/** @throws MatrixError 400 `M_INVALID_PARAM` for a name that no header can carry */
function assertFileName(fileName: string): void {
  if (fileName.length > 255 || /\p{Cc}/u.test(fileName)) throw invalidParam("That is no name of a file");
}
