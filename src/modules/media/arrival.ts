import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { Type } from "typebox";
import { invalidParam, tooLarge } from "../../http/errors.ts";
import type { Arrival } from "./library.ts";

/** The query of both uploads. */
export const uploadQuery = Type.Object({ filename: Type.Optional(Type.String({ maxLength: 255 })) });

interface UploadRequest {
  readonly query: { readonly filename?: string };
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly stream: Readable;
  readonly requester: { readonly userId: string };
}

/**
 * What a request to upload brings. A file that says itself that it is too large is refused before it is read.
 * @throws MatrixError 413 `M_TOO_LARGE`, 400 `M_INVALID_PARAM`
 */
export function arrivalOf({ query, headers, stream, requester }: UploadRequest, maxUploadBytes: number): Arrival {
  const length = Number(headers["content-length"] ?? 0);
  if (length > maxUploadBytes) throw tooLarge(`A file may have ${maxUploadBytes} bytes at most`);
  const uploadName = query.filename ?? "";
  if (/\p{Cc}/u.test(uploadName) || !uploadName.isWellFormed())
    throw invalidParam("The file name has control characters");
  return {
    uploader: requester.userId,
    // What breaks off leaves the rest to be drained: destroyed, it would block the connection for further requests.
    source: stream.iterator({ destroyOnReturn: false }),
    contentType: contentTypeOf(headers["content-type"]),
    uploadName,
  };
}

const LONGEST_TYPE = 255;

/**
 * What says nothing usable is bytes: https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload
 */
function contentTypeOf(header: string | undefined): string {
  const isUsable =
    header !== undefined &&
    header.length <= LONGEST_TYPE &&
    /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\x20-\x7e]*)?$/.test(header);
  return isUsable ? header : "application/octet-stream";
}
