/**
 * The specification's OpenAPI descriptions, read for comparison. An operation is known by its API and `operationId`; it
 * may stand in several releases, with another path or other requirements: the newest one counts, older ones are kept for
 * clients that follow them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { specFolder } from "../support/spec.ts";

/** A JSON Schema of the specification; looked into, never trusted to have a shape. */
export type Schema = { readonly [key: string]: unknown };

export type Parameter = {
  readonly in: "path" | "query" | "header";
  readonly name: string;
  readonly required: boolean;
  readonly schema?: Schema;
};

export type Operation = {
  readonly api: string;
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly operationId: string;
  readonly auth: string;
  readonly deprecated: boolean;
  readonly params: readonly Parameter[];
  readonly body?: { readonly required: boolean; readonly contentType: string; readonly schema?: Schema };
  readonly responses: Readonly<Record<string, { readonly contentType?: readonly string[]; readonly schema?: Schema }>>;
};

/** One release. */
export type Release = {
  readonly version: string;
  readonly operations: readonly Operation[];
  /** What `#/defs/NAME` leads to. */
  readonly defs: Readonly<Record<string, Schema>>;
};

/** Newest first. */
const versions = ["v1.19", "v1.4"];

/** The releases, newest first; `undefined` when the specification is not beside the checkout. */
export const releases: readonly Release[] | undefined = specFolder === undefined ? undefined : readReleases(specFolder);

function readReleases(folder: string): Release[] {
  return versions.map((version) => {
    const text = readFileSync(join(folder, "openapi", `${version}.json`), "utf8");
    const file: { endpoints: Operation[]; defs: Record<string, Schema> } = JSON.parse(text);
    return { version, operations: file.endpoints, defs: file.defs };
  });
}

/** `client-server sendMessage`: what an operation is called in lists. */
export function nameOf({ api, operationId }: Operation): string {
  return `${api} ${operationId}`;
}

/** An operation in a release that has it. */
export type Found = { readonly operation: Operation; readonly release: Release };

/** Every operation with its releases, newest first, by its name. */
export function groupByName(all: readonly Release[]): ReadonlyMap<string, readonly Found[]> {
  const found = all.flatMap((release) => release.operations.map((operation) => ({ operation, release })));
  return Map.groupBy(found, ({ operation }) => nameOf(operation));
}

/** Method and path without the names of parameters: by this an endpoint of ours finds its operation. */
export function shapeOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`;
}

/** The operations that a method and a template path have, newest first; some share one. */
export function findByShape(all: readonly Release[], method: string, path: string): Found[] {
  const shape = shapeOf(method, path);
  return all.flatMap((release) =>
    release.operations
      .filter((operation) => shapeOf(operation.method, operation.path) === shape)
      .map((operation) => ({ operation, release })),
  );
}

/** The same for the path of a real request: literal segments win over parameters. */
export function findByRequest(all: readonly Release[], method: string, path: string): Found[] {
  const segments = path.split("/");
  const candidates = all.flatMap((release) => byLength(release).get(`${method} ${segments.length}`) ?? []);
  const fitting = candidates.filter(({ template }) => fits(template, segments));
  const fewest = Math.min(...fitting.map(({ parameterCount }) => parameterCount));
  return fitting.filter(({ parameterCount }) => parameterCount === fewest).map(({ found }) => found);
}

interface Candidate {
  readonly found: Found;
  readonly template: readonly string[];
  readonly parameterCount: number;
}

const known = new WeakMap<Release, ReadonlyMap<string, readonly Candidate[]>>();

/** The operations of a release by method and number of segments: every answer of every test is looked up. */
function byLength(release: Release): ReadonlyMap<string, readonly Candidate[]> {
  const made =
    known.get(release) ??
    Map.groupBy(
      release.operations.map((each) => candidateOf(each, release)),
      keyOf,
    );
  known.set(release, made);
  return made;
}

function candidateOf(operation: Operation, release: Release): Candidate {
  const template = operation.path.split("/");
  const parameterCount = template.filter((part) => part.startsWith("{")).length;
  return { found: { operation, release }, template, parameterCount };
}

const keyOf = ({ found, template }: Candidate): string => `${found.operation.method} ${template.length}`;

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length && template.every((part, i) => part.startsWith("{") || part === segments[i])
  );
}
