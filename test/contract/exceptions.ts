/** Where we differ from the specification's descriptions on purpose, each with the reason. `docs/compliance.md` prints it. */

/** By the key of a finding: `PUT /path: aspect`. Paths of ours that the specification does not have are `unknown`. */
export const endpointExceptions: Readonly<Record<string, string>> = {
  "POST /_matrix/client/v3/account/3pid/email/requestToken: auth":
    "who is logged in is told that an address is taken, which strangers are not",
  "POST /_matrix/client/v3/account/3pid/msisdn/requestToken: auth":
    "who is logged in is told that a number is taken, which strangers are not",
  "POST /_heddle/third-party-identifiers/submit_token: unknown":
    "the `submit_url` to which clients send the code of a text message",
  "GET /_heddle/third-party-identifiers/confirm: unknown": "the page to which the links of mails lead",
  "POST /_heddle/third-party-identifiers/confirm: unknown": "the button of that page",
  "GET /_synapse/admin/v1/register: unknown": "registration by shared secret, as test suites and tools know it",
  "POST /_synapse/admin/v1/register: unknown": "registration by shared secret, as test suites and tools know it",
  "GET /_matrix/static/client/login/: unknown": "the login page: the text has it, the descriptions do not",
  "GET /_matrix/client/v3/auth/{authType}/fallback/web: unknown":
    "the pages of user-interactive authentication: the text has them, the descriptions do not",
  "POST /_matrix/client/v3/auth/{authType}/fallback/web: unknown": "what the forms of those pages send",
  "GET /_heddle/client/sso/callback: unknown": "where providers of single sign-on send browsers back",
  "GET /_heddle/client/sso/authenticate: unknown": "the page of the stage m.login.sso",
  "POST /_heddle/client/sso/authenticate: unknown": "what the pages of single sign-on send",
  "POST /_heddle/client/sso/confirm: unknown": "what the pages of single sign-on send",
  "POST /_heddle/client/sso/name: unknown": "what the pages of single sign-on send",
  "GET /_matrix/client/v3/pushrules/{scope}/{kind}/: unknown":
    "the rules of one kind, as test suites and tools know them",
  "GET /_matrix/client/v3/pushrules/{scope}/{kind}/{ruleId}/{attribute}: unknown":
    "refuses with 400, as test suites and tools know it, where the text has 404 for paths that are not known",
  "PUT /_matrix/client/v3/pushrules/{scope}/{kind}/{ruleId}/{attribute}: unknown":
    "the same for writing, and for paths of rules that are not complete, where the text has 405",
  "GET /_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms: unknown":
    "as clients know it from before v1.19, where its tokens have other names",
  "PUT /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device: unknown":
    "dehydrated devices (MSC3814), as clients know them: not specified yet",
  "GET /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device: unknown":
    "dehydrated devices (MSC3814), as clients know them: not specified yet",
  "DELETE /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device: unknown":
    "dehydrated devices (MSC3814), as clients know them: not specified yet",
  "POST /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device/{deviceId}/events: unknown":
    "dehydrated devices (MSC3814), as clients know them: not specified yet",
  "GET /_matrix/client/v1/room_summary/{roomIdOrAlias}: auth":
    "the description slips and asks for a signature of servers; the text lets clients without a token ask as well",
  "POST /_matrix/client/v3/rooms/{roomId}/invite: body user_id":
    "two operations share this path: inviting a user, and inviting an e-mail address, which has no `user_id`",
  "POST /_matrix/client/v3/refresh: body refresh_token": "its absence is answered by the handler, in its own words",
  "GET /_matrix/federation/v1/openid/userinfo: query access_token":
    "its absence is answered by the handler, as that of any token: 401 M_MISSING_TOKEN",
  "GET /_matrix/client/versions: auth":
    "the answer is the same for everybody, and a client whose token has expired must be able to ask",
};

/** By the beginning of what is wrong with an answer: `client-server login 200: /well_known`. */
export const answerExceptions: Readonly<Record<string, string>> = {
  "client-server redirectToSSO 200: not documented": "the page on which one of several providers is chosen",
  "client-server redirectToSSO 400: the answer must be object": "a page: people are sent there in a browser",
  "client-server redirectToIdP 400: the answer must be object": "a page: people are sent there in a browser",
  "client-server redirectToIdP 502: the answer must be object": "a page: people are sent there in a browser",
  "client-server getContentAuthed 206: not documented": "A part of a file, as HTTP has it (`Range`).",
  "client-server getContentAuthed 304: not documented":
    "The client has the file already, as HTTP has it (`If-None-Match`).",
  "client-server getContentAuthed 416: not documented": "No such part, as HTTP has it.",
  "client-server getEvents 200: /chunk/0 must have required property 'event_id'":
    "The description knows events of rooms alone; receipts are events too here, and have no ID.",
  "client-server peekEvents 200: /chunk/0 must have required property 'event_id'":
    "The description of an operation with the same path: as for getEvents.",
  "client-server getTurnServer 200: the answer must have required property":
    "Without TURN servers the answer is empty, as clients know it: the description has no word on that case.",
  "client-server getRoomStateWithKey 200: the answer must match exactly one schema":
    "With `format=event` the answer fits both schemas of the description: a content may be any object.",
  "client-server getJoinedMembersByRoom 200: /joined/@":
    "Names and pictures that are not set are `null`, as other servers have it, and not left out.",
  "client-server getPushRule 200: the answer must be object":
    "The path of all rules of a kind, which the specification does not have, is that of a rule with an empty ID.",
  "client-server uploadCrossSigningKeys 401: the answer must have required property 'errcode'":
    "The description leaves out the answer that asks for authentication, which has none at first.",
};
