import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatMatrixToUri, formatMatrixUri, parseMatrixToUri, parseMatrixUri } from "./matrix-uri.ts";

const permalink = { target: "!r/x:example.org", eventId: "$a/b+c", via: ["b.example:8448", "c.example"] };

test("a permalink survives both forms, with the slashes of old event IDs", () => {
  assert.deepEqual(parseMatrixUri(formatMatrixUri(permalink)), permalink);
  assert.deepEqual(parseMatrixToUri(formatMatrixToUri(permalink)), permalink);
});

test("names of the draft, an authority and a fragment are understood", () => {
  assert.deepEqual(parseMatrixUri("MATRIX://host/room/a:b/event/e#f"), { target: "#a:b", eventId: "$e", via: [] });
});

test("an action counts only where it has a meaning", () => {
  assert.equal(parseMatrixUri("matrix:u/a:b?action=join")?.action, undefined);
  assert.equal(parseMatrixUri("matrix:r/a:b?action=join")?.action, "join");
});

test("a link that names nothing known is none", () => {
  const links = [
    "matrix:x/a:b",
    "matrix:u",
    "matrix:u/a",
    "matrix:u/a:b/e/x",
    "matrix:u/%zz:b",
    "matrix:r/a:b/e",
    "mailto:a@b",
  ];
  for (const link of links) assert.equal(parseMatrixUri(link), undefined, link);
  assert.equal(parseMatrixToUri("https://matrix.to/#/+group:example.org"), undefined);
  assert.equal(parseMatrixToUri("https://example.org/#/@a:b"), undefined);
});

test("an unencoded alias is read all the same", () => {
  assert.equal(parseMatrixToUri("https://matrix.to/#/#a:b")?.target, "#a:b");
});

test("no text makes the parsers throw, and what they read can be written and read again", () => {
  const part = fc.constantFrom(
    "u/",
    "r/",
    "roomid/",
    "e/",
    "a:b",
    "%21",
    "%",
    "?via=",
    "&action=chat",
    "#",
    "$x",
    "@a:b",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 6 }), (parts) => {
      for (const link of [
        parseMatrixUri(`matrix:${parts.join("")}`),
        parseMatrixToUri(`https://matrix.to/#/${parts.join("")}`),
      ]) {
        if (link !== undefined) assert.deepEqual(parseMatrixUri(formatMatrixUri(link)), link);
      }
    }),
    { numRuns: 1000 },
  );
});
