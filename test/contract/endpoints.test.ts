import assert from "node:assert/strict";
import { specTest } from "../support/spec.ts";
import { checkEndpoints, shapesOf } from "./check-endpoints.ts";
import { endpointExceptions } from "./exceptions.ts";
import { notBuiltYet } from "./not-built-yet.ts";
import { readModules } from "./our-modules.ts";
import { groupByName, type Operation, releases as found, shapeOf } from "./specification.ts";

/** Without them no test here runs. */
const releases = found ?? [];
const modules = await readModules();
const endpoints = modules.flatMap((module) => module.endpoints);
const served = endpoints.flatMap(shapesOf).map((shape) => shape.split("/"));

specTest("endpoints are as the specification describes them, but for the list of exceptions", () => {
  const findings = checkEndpoints(endpoints, releases);
  const surprises = findings.filter(({ key }) => !Object.hasOwn(endpointExceptions, key));
  assert.deepEqual(
    surprises.map(({ key, text }) => `${key}: ${text}`),
    [],
  );
});

specTest("the list of exceptions holds nothing that is true no more", () => {
  const findings = new Set(checkEndpoints(endpoints, releases).map(({ key }) => key));
  assert.deepEqual(
    Object.keys(endpointExceptions).filter((key) => !findings.has(key)),
    [],
  );
});

specTest("operations without an endpoint are those of the list, no more and no less", () => {
  const missing = [...groupByName(releases)]
    .filter(([, all]) => !all.some(({ operation }) => isServed(operation)))
    .map(([name]) => name);
  assert.deepEqual(new Set(missing), notBuiltYet);
});

specTest("an operation is served under the paths of older releases too", () => {
  const notServed = [...groupByName(releases).values()]
    .map((all) => all.map(({ operation }) => operation))
    .filter((all) => all.some(isServed))
    .flatMap((all) => all.filter((operation) => !isServed(operation)));
  assert.deepEqual(
    notServed.map(({ method, path }) => `${method} ${path}`),
    [],
  );
});

/** A parameter of ours stands for any segment of the specification: `/profile/{userId}/{keyName}` serves `/displayname`. */
function isServed({ method, path }: Operation): boolean {
  const wanted = shapeOf(method, path).split("/");
  return served.some((ours) => {
    return ours.length === wanted.length && ours.every((part, index) => part === "{}" || part === wanted[index]);
  });
}
