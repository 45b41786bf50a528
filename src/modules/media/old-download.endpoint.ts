import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";
import { requireFileName, waitOf } from "./download.endpoint.ts";
import type { MediaLibrary } from "./library.ts";
import type { Medium } from "./media.store.ts";
import { nameParams, requireName } from "./name.ts";
import { mediumAnswer } from "./serving.ts";

interface Needs {
  readonly library: MediaLibrary;
  /** Only media made before are given to everybody; ms since the epoch. */
  readonly openUntil: number;
}

/** `allow_remote` matters to media of other servers; whatever it says, no answer is a redirect (`allow_redirect`). */
const query = Type.Object({
  allow_remote: Type.Optional(Type.Boolean()),
  allow_redirect: Type.Optional(Type.Boolean()),
  timeout_ms: Type.Optional(Type.Integer({ minimum: 0 })),
});

/**
 * The downloads of before v1.11, for everybody who knows the name: of old media alone, as the operator says.
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repo-client-behaviour
 */
export const getContent = ({ library, openUntil }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/media/v3/download/{serverName}/{mediaId}",
    surface: "media",
    auth: "none",
    limit: "none",
    params: nameParams,
    query,

    async handle({ params, query: asked, headers, signal }) {
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      requireOpen(medium, openUntil);
      return await mediumAnswer(library, { medium, headers });
    },
  });

/** The same under a name of the client's choice. */
export const getContentOverrideName = ({ library, openUntil }: Needs) =>
  endpoint({
    method: "GET",
    path: "/_matrix/media/v3/download/{serverName}/{mediaId}/{fileName}",
    surface: "media",
    auth: "none",
    limit: "none",
    params: Type.Object({ ...nameParams.properties, fileName: Type.String() }),
    query,

    async handle({ params, query: asked, headers, signal }) {
      const fileName = requireFileName(params.fileName);
      const medium = await library.require(requireName(params), { timeoutMs: waitOf(asked), signal });
      requireOpen(medium, openUntil);
      return await mediumAnswer(library, { medium, fileName, headers });
    },
  });

/** @throws MatrixError 404 `M_NOT_FOUND`, as if there were none */
export function requireOpen({ createdAt }: Medium, openUntil: number): void {
  if (createdAt >= openUntil) throw notFound("There is no such medium for those who are not logged in");
}
