/** Causes within causes. */
const MOST_CAUSES = 4;

/**
 * What went wrong with a provider, for the log: names, codes and messages alone, since errors of the library also hold
 * answers and parameters, with codes and claims in them.
 */
export function describeProblem(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error && parts.length < MOST_CAUSES; cause = cause.cause) {
    const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
    const told = "error" in cause && typeof cause.error === "string" ? ` [${cause.error}]` : "";
    parts.push(`${cause.name}: ${cause.message}${code}${told}`);
  }
  return parts.join("; ");
}
