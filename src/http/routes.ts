import type { AnyEndpoint } from "./endpoint.ts";

/**
 * All paths that bring an endpoint: as the specification prints it, its aliases, and for each the older prefixes that
 * clients still use. Between r0 and v3 nothing changed but the name.
 *
 * @see https://spec.matrix.org/v1.19/#specification-versions
 */
export function pathsOf(endpoint: Pick<AnyEndpoint, "path" | "aliases">): readonly string[] {
  const paths = [endpoint.path, ...(endpoint.aliases ?? [])];
  return [...new Set(paths.flatMap(withOlderPrefixes))];
}

const olderPrefixes: readonly (readonly [newer: string, older: readonly string[]])[] = [
  ["/_matrix/client/v3/", ["/_matrix/client/r0/"]],
  ["/_matrix/media/v3/", ["/_matrix/media/r0/", "/_matrix/media/v1/"]],
];

function withOlderPrefixes(path: string): string[] {
  const prefix = olderPrefixes.find(([newer]) => path.startsWith(newer));
  if (prefix === undefined) return [path];
  const [newer, older] = prefix;
  return [path, ...older.map((start) => start + path.slice(newer.length))];
}

/** `{roomId}` of the specification is `:roomId` of the router. */
export function toRouterPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

interface Node {
  readonly children: Map<string, Node>;
  readonly methods: Set<string>;
}

/** Knows which methods a path has: asked only when the router found nothing, to tell 405 from 404. */
export class KnownPaths {
  readonly #root: Node = newNode();

  add(path: string, method: string): void {
    let node = this.#root;
    for (const segment of path.split("/")) {
      const key = segment.startsWith("{") ? "*" : segment;
      const next = node.children.get(key) ?? newNode();
      node.children.set(key, next);
      node = next;
    }
    node.methods.add(method);
  }

  /** Empty when no endpoint has this path. */
  methodsOf(path: string): ReadonlySet<string> {
    let nodes = [this.#root];
    for (const segment of path.split("/")) {
      nodes = nodes.flatMap(({ children }) =>
        [children.get(segment), children.get("*")].filter((node) => node !== undefined),
      );
    }
    return new Set(nodes.flatMap(({ methods }) => [...methods]));
  }
}

function newNode(): Node {
  return { children: new Map(), methods: new Set() };
}
