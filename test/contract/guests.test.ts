import assert from "node:assert/strict";
import { test } from "node:test";
import { guestEndpoints, guestEndpointsBeside } from "./guest-endpoints.ts";
import { readModules } from "./our-modules.ts";

test("guests may ask for what the specification lists for them, and for nothing else", async () => {
  const endpoints = (await readModules()).flatMap((module) => module.endpoints);
  const authByName = new Map(endpoints.map(({ method, path, auth }) => [`${method} ${path}`, auth]));
  const forGuests = [...authByName].filter(([, auth]) => auth === "user-or-guest").map(([name]) => name);
  const wanted = [...guestEndpoints, ...Object.keys(guestEndpointsBeside)].filter((name) => authByName.has(name));
  assert.deepEqual(forGuests.toSorted(), wanted.toSorted());
});
