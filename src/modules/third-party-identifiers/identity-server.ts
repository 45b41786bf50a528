import { invalidParam, MatrixError, serverNotTrusted, unknownError } from "../../http/errors.ts";
import type { HttpClient } from "../../outgoing/request.ts";
import { parseServerName } from "../../protocol/ids/ids.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { SigningKey } from "../../protocol/signing/crypto.ts";
import { signatureOf, signJson } from "../../protocol/signing/json.ts";
import { formatXMatrix } from "../../protocol/signing/x-matrix.ts";
import { type Identifier, toIdentifier } from "./address.ts";

/** Talks to the identity servers that clients name. */
export interface IdentityServers {
  /**
   * Publishes what the user has validated there. @returns what was bound
   * @throws MatrixError the identity server's own, or 502 when it does not answer as one
   */
  bind(wish: BindWish): Promise<Identifier>;
  /**
   * Takes a publication back, in the name of this server.
   * @returns whether the identity server did it; `no-support` when it does not know how
   * @throws MatrixError the identity server's own, or 502 when it does not answer
   */
  unbind(idServer: string, userId: string, identifier: Identifier): Promise<"success" | "no-support">;
}

/** What is to be published. */
export interface BindWish {
  readonly idServer: string;
  readonly idAccessToken: string;
  readonly sid: string;
  readonly clientSecret: string;
  readonly userId: string;
}

interface Needs {
  /** With the policy for addresses that come from outside. */
  readonly http: HttpClient;
  readonly serverName: string;
  readonly signingKey: SigningKey;
  readonly trusted: ReadonlySet<string> | undefined;
  readonly timeoutMs: number;
}

const MAX_ANSWER_BYTES = 65_536;
const bindPath = "/_matrix/identity/v2/3pid/bind";
const unbindPath = "/_matrix/identity/v2/3pid/unbind";

export function createIdentityServers(needs: Needs): IdentityServers {
  async function post(idServer: string, path: string, { authorization, content }: Posted) {
    assertTrusted(idServer, needs.trusted);
    try {
      return await needs.http.request({
        url: `https://${idServer}${path}`,
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify(content),
        timeoutMs: needs.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      });
    } catch (error) {
      throw unknownError(502, "The identity server cannot be reached", { cause: error });
    }
  }

  return {
    async bind({ idServer, idAccessToken, sid, clientSecret, userId }) {
      if (!/^[\x21-\x7e]+$/.test(idAccessToken)) throw invalidParam("id_access_token is no access token");
      const content = { sid, client_secret: clientSecret, mxid: userId };
      const answer = await post(idServer, bindPath, { authorization: `Bearer ${idAccessToken}`, content });
      const bound = answer.json();
      const identifier = answer.isOk ? await identifierOf(bound) : undefined;
      if (identifier) return identifier;
      throw errorOf(answer.status, bound) ?? unknownError(502, "The identity server did not answer as one");
    },

    async unbind(idServer, userId, { medium, address }) {
      const content = { mxid: userId, threepid: { medium, address } };
      const authorization = authorize(needs, idServer, content);
      const answer = await post(idServer, unbindPath, { authorization, content });
      if (answer.isOk) return "success";
      const error = errorOf(answer.status, answer.json());
      if (error) throw error;
      // Without an error of Matrix in it, such an answer says that the server knows no such thing.
      if ([400, 404, 501].includes(answer.status)) return "no-support";
      throw unknownError(502, "The identity server did not answer as one");
    },
  };
}

interface Posted {
  readonly authorization: string;
  readonly content: JsonObject;
}

/** @see https://spec.matrix.org/v1.19/server-server-api/#request-authentication */
function authorize({ serverName, signingKey }: Needs, destination: string, content: JsonObject): string {
  const request = { method: "POST", uri: unbindPath, origin: serverName, destination, content };
  const signature = signatureOf(signJson(request, serverName, signingKey), serverName, signingKey.keyId) ?? "";
  return formatXMatrix({ origin: serverName, destination, keyId: signingKey.keyId, signature });
}

function assertTrusted(idServer: string, trusted: ReadonlySet<string> | undefined): void {
  if (!parseServerName(idServer)) throw invalidParam("id_server is not the name of a server");
  if (trusted && !trusted.has(idServer.toLowerCase()))
    throw serverNotTrusted("This identity server is not trusted here");
}

async function identifierOf(bound: unknown): Promise<Identifier | undefined> {
  const { medium, address } = membersOf(bound);
  return typeof medium === "string" && typeof address === "string" ? await toIdentifier(medium, address) : undefined;
}

/** The identity server's own error, to be passed on. */
function errorOf(status: number, body: unknown): MatrixError | undefined {
  const { errcode, error } = membersOf(body);
  if (typeof errcode !== "string" || !/^[A-Z][A-Z0-9_.]{0,99}$/i.test(errcode)) return undefined;
  const isError = status >= 400 && status < 500;
  return new MatrixError(isError ? status : 502, errcode, typeof error === "string" ? error.slice(0, 500) : errcode);
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? { ...body } : {};
}
