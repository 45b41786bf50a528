/**
 * The operations of the specification that no endpoint serves. Whoever builds one removes its line: a test compares the
 * list with the endpoints, both ways. `docs/compliance.md` prints it.
 */
export const notBuiltYet: readonly string[] = [];
