/**
 * What guests may ask for: what the specification lists for them, whether it is built yet or not.
 * @see https://spec.matrix.org/v1.19/client-server-api/#guest-access
 */
export const guestEndpoints: readonly string[] = [
  // Retrieving events and associated media
  "GET /_matrix/client/v3/rooms/{roomId}/state",
  "GET /_matrix/client/v3/rooms/{roomId}/context/{eventId}",
  "GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}",
  "GET /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}",
  "GET /_matrix/client/v3/rooms/{roomId}/messages",
  "GET /_matrix/client/v3/rooms/{roomId}/members",
  "GET /_matrix/client/v3/rooms/{roomId}/initialSync",
  "GET /_matrix/client/v3/sync",
  "GET /_matrix/client/v3/events",
  "GET /_matrix/client/v1/media/download/{serverName}/{mediaId}",
  "GET /_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}",
  "GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}",
  // Sending events
  "POST /_matrix/client/v3/rooms/{roomId}/join",
  "POST /_matrix/client/v3/rooms/{roomId}/leave",
  "PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}",
  "PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}",
  "PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}",
  // Account maintenance; of the profile the display name alone, which the handlers hold to
  "PUT /_matrix/client/v3/profile/{userId}/{keyName}",
  "DELETE /_matrix/client/v3/profile/{userId}/{keyName}",
  "GET /_matrix/client/v3/devices",
  "GET /_matrix/client/v3/devices/{deviceId}",
  "PUT /_matrix/client/v3/devices/{deviceId}",
  "GET /_matrix/client/v3/account/whoami",
  // End-to-end encryption
  "POST /_matrix/client/v3/keys/upload",
  "POST /_matrix/client/v3/keys/query",
  "POST /_matrix/client/v3/keys/claim",
];

/** What they may ask for beside, each with the reason. */
export const guestEndpointsBeside: Readonly<Record<string, string>> = {
  "POST /_matrix/client/v3/join/{roomIdOrAlias}": "joins a room as the listed operation does, which takes no alias",
  "POST /_matrix/client/v3/logout": "whoever has an access token must be able to end it",
};
