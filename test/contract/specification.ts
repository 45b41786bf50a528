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
  const fitting = all.flatMap((release) =>
    release.operations
      .filter((operation) => operation.method === method && fits(operation.path.split("/"), segments))
      .map((operation) => ({ operation, release })),
  );
  const fewest = Math.min(...fitting.map(({ operation }) => parameterCount(operation.path)));
  return fitting.filter(({ operation }) => parameterCount(operation.path) === fewest);
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length && template.every((part, i) => part.startsWith("{") || part === segments[i])
  );
}

function parameterCount(path: string): number {
  return path.split("{").length - 1;
}
