/**
 * Whether two identifiers name the same server. What follows the first colon is compared as it stands: old rooms hold
 * server names that today's grammar does not know.
 */
export function haveSameDomain(one: string, other: string): boolean {
  const domain = domainOf(one);
  return domain !== undefined && domain === domainOf(other);
}

/** What follows the first colon of an identifier; `undefined` when it has none, and so names no server. */
export function domainOf(id: string): string | undefined {
  const colon = id.indexOf(":");
  return colon < 0 ? undefined : id.slice(colon + 1);
}
