import { Type } from "typebox";
import { section } from "../section.ts";

export type PasswordsConfig = {
  /** In characters. */
  readonly minimumLength: number;
  readonly algorithm: "argon2id";
  readonly memoryKib: number;
  readonly iterations: number;
};

export const passwords = section({
  key: "passwords",
  schema: Type.Object(
    {
      minimum_length: Type.Integer({
        minimum: 1,
        maximum: 512,
        default: 8,
        description: "The fewest characters of a new password.",
      }),
      algorithm: Type.Literal("argon2id", { default: "argon2id", description: "How passwords are hashed." }),
      memory_kib: Type.Integer({
        minimum: 8,
        maximum: 4194304,
        default: 19456,
        description: "Memory of one hash in KiB. Tests and load drivers lower it.",
      }),
      iterations: Type.Integer({ minimum: 1, maximum: 100, default: 2, description: "Passes over that memory." }),
    },
    { additionalProperties: false, default: {}, description: "What a password must be, and how it is kept." },
  ),
  resolve: (written): PasswordsConfig => ({
    minimumLength: written.minimum_length,
    algorithm: written.algorithm,
    memoryKib: written.memory_kib,
    iterations: written.iterations,
  }),
});
