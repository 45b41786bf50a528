import { Type } from "typebox";

/** The schema of a text that may be left out: `null` then, which is the default. */
export const optionalText = (description: string, examples: readonly string[] = []) =>
  Type.Union([Type.Null(), Type.String({ minLength: 1 })], {
    default: null,
    description,
    ...(examples.length > 0 && { examples }),
  });
