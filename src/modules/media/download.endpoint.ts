import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { MediaLibrary } from "./library.ts";
import { nameParams, requireName } from "./name.ts";
import { mediumAnswer } from "./serving.ts";

interface Needs {
  readonly library: MediaLibrary;
}

/** How long a client waits for a medium that is announced, unless it says so, and at most. */
const USUAL_WAIT_MS = 20_000;
const LONGEST_WAIT_MS = 60_000;

const query = Type.Object({ timeout_ms: Type.Optional(Type.Integer({ minimum: 0 })) });

/** How long to wait for a medium, by what the client says. */
export const waitOf = ({ timeout_ms: asked = USUAL_WAIT_MS }: { timeout_ms?: number }): number =>
  Math.min(asked, LONGEST_WAIT_MS);

/**
 * Gives a medium to those who are logged in.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
 */
export const getContentAuthed = ({ library }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/media/download/{serverName}/{mediaId}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}"],
    surface: "media",
    auth: "user-or-guest",
    limit: "none",
    params: nameParams,
    query,

    async handle({ params, query: asked, headers, signal }) {
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      return await mediumAnswer(library, { medium, headers });
    },
  });

/**
 * The same under a name of the client's choice.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaidfilename
 */
export const getContentOverrideNameAuthed = ({ library }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}",
    aliases: ["/_matrix/client/unstable/org.matrix.msc3916/media/download/{serverName}/{mediaId}/{fileName}"],
    surface: "media",
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ ...nameParams.properties, fileName: Type.String() }),
    query,

    async handle({ params, query: asked, headers, signal }) {
      const fileName = requireFileName(params.fileName);
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      return await mediumAnswer(library, { medium, fileName, headers });
    },
  });

/** @throws MatrixError 400 `M_INVALID_PARAM` for a name that no header can carry */
export function requireFileName(fileName: string): string {
  if (fileName.length > 255 || /\p{Cc}/u.test(fileName)) throw invalidParam("That is no name of a file");
  return fileName;
}
