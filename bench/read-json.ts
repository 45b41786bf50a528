// Reading answers whose shape only the specification knows: a path of names, or an error that says what was missing.

/** What stands at the end of a path of names; undefined when there is nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value;
  for (const name of path) here = isObject(here) ? here[name] : undefined;
  return here;
}

/** The string at a path. Throws without. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  throw new Error(`no text at ${path.join(".")} in ${JSON.stringify(value).slice(0, 500)}`);
}

/** The list at a path; empty without. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
