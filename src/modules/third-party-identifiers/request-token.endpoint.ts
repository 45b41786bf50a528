import type { IncomingHttpHeaders } from "node:http";
import { Type } from "typebox";
import { type AnyEndpoint, type Auth, endpoint, type Requester } from "../../http/endpoint.ts";
import type { RequestToken, TokenRequest, WrittenAddress } from "./token-requests.ts";
import type { Purpose } from "./validations.ts";

interface Needs {
  readonly requestToken: RequestToken;
  /** Where clients send the codes of text messages. */
  readonly submitUrl: string;
}

const common = {
  client_secret: Type.String(),
  send_attempt: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  next_link: Type.Optional(Type.String()),
  id_server: Type.Optional(Type.String()),
};

const emailBody = Type.Object({ ...common, email: Type.String() });
const phoneBody = Type.Object({ ...common, phone_number: Type.String(), country: Type.String() });

/** Where each purpose has its two endpoints. */
const folders: Readonly<Record<Purpose, string>> = {
  register: "/_matrix/client/v3/register",
  add: "/_matrix/client/v3/account/3pid",
  password: "/_matrix/client/v3/account/password",
};

/** Who registers or has forgotten the password has no token that counts. */
const auths = { register: "none", add: "optional", password: "none" } as const satisfies Record<Purpose, Auth>;

/**
 * Have a mail or a text message sent by which people show that an address is theirs. They may come without an access
 * token; with one, who adds an address is told what others are not.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3registeremailrequesttoken
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pidmsisdnrequesttoken
 */
export const requestTokenEndpoints = (needs: Needs): AnyEndpoint[] => [
  requestEmailToken("register", needs),
  requestEmailToken("add", needs),
  requestEmailToken("password", needs),
  requestPhoneToken("register", needs),
  requestPhoneToken("add", needs),
  requestPhoneToken("password", needs),
];

const requestEmailToken = (purpose: Purpose, { requestToken }: Needs) =>
  endpoint({
    method: "POST",
    path: `${folders[purpose]}/email/requestToken`,
    auth: auths[purpose],
    limit: "validation",
    params: Type.Object({}),
    body: emailBody,
    async handle(request) {
      const written = { medium: "email", email: request.body.email } as const;
      return { sid: await requestToken(toTokenRequest(purpose, written, request)) };
    },
  });

const requestPhoneToken = (purpose: Purpose, { requestToken, submitUrl }: Needs) =>
  endpoint({
    method: "POST",
    path: `${folders[purpose]}/msisdn/requestToken`,
    auth: auths[purpose],
    limit: "validation",
    params: Type.Object({}),
    body: phoneBody,
    async handle(request) {
      const { phone_number: phoneNumber, country } = request.body;
      const sid = await requestToken(toTokenRequest(purpose, { medium: "msisdn", phoneNumber, country }, request));
      return { sid, submit_url: submitUrl };
    },
  });

interface CommonJson {
  readonly client_secret: string;
  readonly send_attempt: number;
  readonly next_link?: string;
  readonly id_server?: string;
}

interface CommonRequest {
  readonly body: CommonJson;
  readonly requester: Requester | undefined;
  readonly headers: Readonly<IncomingHttpHeaders>;
}

const toTokenRequest = (
  purpose: Purpose,
  written: WrittenAddress,
  { body, requester, headers }: CommonRequest,
): TokenRequest => ({
  purpose,
  written,
  clientSecret: body.client_secret,
  sendAttempt: body.send_attempt,
  nextLink: body.next_link,
  idServer: body.id_server,
  userId: requester?.userId,
  language: headers["accept-language"],
});
