import assert from "node:assert/strict";
import { test } from "node:test";
import { readModules } from "./our-modules.ts";

/**
 * What a suspended account may ask for that changes something. The text leaves the list to the server; whoever adds an
 * endpoint decides: `suspended: "refused"` in its definition, or a line here.
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-suspension
 */
const left: readonly string[] = [
  // Sessions, devices and the end of the account
  "POST /_matrix/client/v3/account/deactivate",
  "POST /_matrix/client/v3/account/password",
  "POST /_matrix/client/v1/login/get_token",
  "POST /_matrix/client/v3/logout",
  "POST /_matrix/client/v3/logout/all",
  "POST /_matrix/client/v3/delete_devices",
  "PUT /_matrix/client/v3/devices/{deviceId}",
  "DELETE /_matrix/client/v3/devices/{deviceId}",
];

/** Beginnings of what it may ask for: reading, its own encryption, its own settings. */
const leftBelow: readonly string[] = [
  "/_matrix/client/v3/keys/",
  "/_matrix/client/v3/room_keys/",
  "/_matrix/client/v3/sendToDevice/",
  "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device",
  "/_matrix/client/v3/user/{userId}/account_data/",
  "/_matrix/client/v3/user/{userId}/rooms/",
  "/_matrix/client/v3/user/{userId}/filter",
  "/_matrix/client/v3/pushrules/",
  "/_matrix/client/v3/account/3pid",
  "/_matrix/client/v3/pushers/",
];

/** Within rooms: reading on, leaving, taking back one's own events (which the handlers hold to), reporting. */
const leftInRooms: readonly string[] = [
  "POST /_matrix/client/v3/rooms/{roomId}/leave",
  "POST /_matrix/client/v3/rooms/{roomId}/forget",
  "POST /_matrix/client/v3/rooms/{roomId}/read_markers",
  "POST /_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}",
  "POST /_matrix/client/v3/rooms/{roomId}/report",
  "POST /_matrix/client/v3/rooms/{roomId}/report/{eventId}",
  "POST /_matrix/client/v3/users/{userId}/report",
  "PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}",
  "PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}",
  "POST /_matrix/client/v3/search",
  "POST /_matrix/client/v3/publicRooms",
  "POST /_matrix/client/v3/user_directory/search",
];

test("what changes something is refused to suspended accounts, or is in the list of what is left to them", async () => {
  const endpoints = (await readModules()).flatMap((module) => module.endpoints);
  const changing = endpoints.filter(({ method, auth }) => method !== "GET" && auth !== "none");
  const known = new Set([...left, ...leftInRooms]);
  const undecided = changing.filter(({ method, path, suspended }) => {
    if (suspended === "refused" || known.has(`${method} ${path}`)) return false;
    return !leftBelow.some((start) => path.startsWith(start));
  });
  assert.deepEqual(
    undecided.map(({ method, path }) => `${method} ${path}`),
    [],
  );
});

test("locked accounts reach the two ways of logging out, and nothing else", async () => {
  const endpoints = (await readModules()).flatMap((module) => module.endpoints);
  const open = endpoints.filter(({ locked }) => locked === "allowed").map(({ path }) => path);
  assert.deepEqual(open.toSorted(), ["/_matrix/client/v3/logout", "/_matrix/client/v3/logout/all"]);
});
