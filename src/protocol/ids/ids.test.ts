import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  isServerName,
  isUserId,
  isValidNewLocalpart,
  parseEventId,
  parseRoomAlias,
  parseRoomId,
  parseServerName,
  parseUserId,
  serverNameOf,
} from "./ids.ts";

test("a user ID is cut at its first colon, so that the server may have a port", () => {
  assert.deepEqual(parseUserId("@alice:example.org:8448"), {
    userId: "@alice:example.org:8448",
    localpart: "alice",
    serverName: "example.org:8448",
  });
});

test("length is counted in bytes, with sigil and server", () => {
  assert.equal(isUserId(`@${"a".repeat(252)}:b`), true);
  assert.equal(isUserId(`@${"a".repeat(253)}:b`), false);
  assert.equal(isUserId(`@${"é".repeat(127)}:b`), false);
});

test("lone surrogates and NUL stand in no identifier", () => {
  assert.equal(isUserId("@\ud800:b"), false);
  assert.equal(parseRoomAlias("#a\0b:c"), undefined);
});

test("an identifier without a server may be a room's or an event's, never a user's", () => {
  assert.equal(parseRoomId("!hash")?.serverName, undefined);
  assert.equal(parseRoomId("!hash")?.opaqueId, "hash");
  assert.equal(parseEventId("$a/b+c")?.opaqueId, "a/b+c");
  assert.equal(parseUserId("@alice"), undefined);
  assert.equal(parseRoomId("!"), undefined);
  assert.equal(parseRoomId("!room:not a server"), undefined);
});

test("the server of an identifier is found without judging the rest", () => {
  assert.equal(serverNameOf("@a:b.example:1"), "b.example:1");
  assert.equal(serverNameOf("$hash"), undefined);
  assert.equal(serverNameOf("@a:"), undefined);
});

test("hosts are told apart by kind", () => {
  const kinds = ["example.org", "1.2.3.4:1", "[::1]", "1.2.3.4.5"].map((name) => parseServerName(name)?.kind);
  assert.deepEqual(kinds, ["dns", "ipv4", "ipv6", "dns"]);
});

test("a new account has lower case letters, digits and a little punctuation", () => {
  assert.equal(isValidNewLocalpart("a.b_c=d-e/f+1"), true);
  for (const localpart of ["", "A", "a b", "ä", "a:b"]) assert.equal(isValidNewLocalpart(localpart), false);
});

test("what is made of a local part and a server name is taken apart into them", () => {
  const localparts = fc.string({ maxLength: 20, unit: "binary" }).filter((text) => !/[:\0]/.test(text));
  const serverNames = fc.constantFrom("example.org", "a:1", "[::1]:8448", "1.2.3.4");
  fc.assert(
    fc.property(localparts, serverNames, (localpart, serverName) => {
      assert.deepEqual(parseUserId(`@${localpart}:${serverName}`), {
        userId: `@${localpart}:${serverName}`,
        localpart,
        serverName,
      });
      assert.equal(isServerName(serverName), true);
    }),
  );
});
