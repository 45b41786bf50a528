import assert from "node:assert/strict";
import { test } from "node:test";
import { roomVersion, roomVersions, stableRoomVersions } from "./index.ts";

test("room versions 1 to 12 are known and stable, by their own names", () => {
  const names = Array.from({ length: 12 }, (_, index) => String(index + 1));
  assert.deepEqual(stableRoomVersions, names);
  for (const name of names) assert.equal(roomVersion(name)?.id, name);
  assert.equal(roomVersions.size, names.length);
});

test("others are not known", () => {
  for (const name of ["", "0", "13", "01", "org.example.1", "constructor"]) assert.equal(roomVersion(name), undefined);
});
