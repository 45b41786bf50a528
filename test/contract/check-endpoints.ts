/** Compares our endpoint definitions with the operations of the specification. */
import type { AnyEndpoint, Auth } from "../../src/http/endpoint.ts";
import { pathsOf } from "../../src/http/routes.ts";
import { type Members, membersOf, typeOf } from "./members.ts";
import { type Found, findByShape, type Release, shapeOf } from "./specification.ts";

/** A difference; `key` is what the list of exceptions names it by: `PUT /path: aspect`. */
export type Finding = { readonly key: string; readonly text: string };

const authOf: Readonly<Record<string, readonly Auth[]>> = {
  none: ["none"],
  "access token": ["user", "user-or-guest"],
  "optional access token": ["optional", "user", "user-or-guest"],
  "federation signature": ["none"],
  "as token": ["none", "user"],
};

/** Every difference between the endpoints and the specification. */
export function checkEndpoints(endpoints: readonly AnyEndpoint[], releases: readonly Release[]): Finding[] {
  return endpoints.flatMap((endpoint) => {
    const found = findByShape(releases, endpoint.method, endpoint.path);
    const finding = (aspect: string, text: string): Finding => ({
      key: `${endpoint.method} ${endpoint.path}: ${aspect}`,
      text,
    });
    if (found.length === 0) return [finding("unknown", "the specification has no such operation")];
    return [
      ...checkAuth(endpoint, found).map((text) => finding("auth", text)),
      ...checkLimit(endpoint, found).map((text) => finding("limit", text)),
      ...checkQuery(endpoint, found).map(([name, text]) => finding(`query ${name}`, text)),
      ...checkBody(endpoint, found).map(([name, text]) => finding(`body ${name}`, text)),
    ];
  });
}

/** The paths, aliases included, under which an endpoint is served. */
export function shapesOf(endpoint: AnyEndpoint): string[] {
  return pathsOf(endpoint).map((path) => shapeOf(endpoint.method, path));
}

function checkAuth(endpoint: AnyEndpoint, [newest]: readonly Found[]): string[] {
  const auth = newest?.operation.auth ?? "none";
  const allowed = authOf[auth] ?? [];
  return allowed.includes(endpoint.auth) ? [] : [`has auth ${endpoint.auth}, the specification ${auth}`];
}

/** What the specification says is rate-limited has a bucket. More may be limited than that. */
function checkLimit({ limit }: AnyEndpoint, found: readonly Found[]): string[] {
  const limiting = found.find(({ operation }) => "429" in operation.responses);
  return limiting && limit === "none" ? [`has no limit, ${limiting.release.version} has one`] : [];
}

type Difference = readonly [member: string, text: string];

function checkQuery(endpoint: AnyEndpoint, found: readonly Found[]): Difference[] {
  const ours = ourMembers(endpoint.query, found);
  const theirs = found.map(({ operation, release }) => {
    const params = operation.params.filter((param) => param.in === "query");
    return {
      release,
      properties: new Map(params.map((param) => [param.name, param.schema ?? {}])),
      required: new Set(params.filter((param) => param.required).map((param) => param.name)),
    };
  });
  return compare(ours, theirs);
}

function checkBody(endpoint: AnyEndpoint, found: readonly Found[]): Difference[] {
  const ours = ourMembers(endpoint.body, found);
  const withBody = found.filter(({ operation }) => operation.body?.contentType.includes("json") ?? true);
  return compare(
    ours,
    withBody.map(({ operation, release }) => ({ release, ...membersOf(operation.body?.schema, release) })),
  );
}

function ourMembers(schema: unknown, [newest]: readonly Found[]): Members {
  if (newest === undefined) return { properties: new Map(), required: new Set() };
  return membersOf(schema, newest.release);
}

type Theirs = Members & { readonly release: Release };

/**
 * What the newest release requires must be required, lest a handler meet its absence; and nothing may be required that
 * some release leaves optional, lest a client of that release be refused. Types must be the same where both state one.
 */
function compare(ours: Members, theirs: readonly Theirs[]): Difference[] {
  const newest = theirs[0];
  if (newest === undefined) return [];
  const notRequired = [...newest.required]
    .filter((name) => !ours.required.has(name))
    .map((name) => [name, `is required by ${newest.release.version}, not by us`] as const);
  const tooStrict = theirs.flatMap(({ required, release }) =>
    [...ours.required]
      .filter((name) => !required.has(name))
      .map((name) => [name, `is required by us, not by ${release.version}`] as const),
  );
  const otherType = [...ours.properties].flatMap(([name, schema]) => {
    const [mine, wanted] = [schema, newest.properties.get(name) ?? {}].map((one) => typeOf(one, newest.release));
    const isOther = mine !== undefined && wanted !== undefined && mine !== wanted;
    return isOther ? [[name, `is ${mine} with us, ${wanted} in ${newest.release.version}`] as const] : [];
  });
  return [...notRequired, ...tooStrict, ...otherType];
}
