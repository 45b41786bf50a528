import { join, resolve } from "node:path";
import { Type } from "typebox";
import { section } from "../section.ts";

export const signingKeyFile = section({
  key: "signing_key_file",
  schema: Type.Union([Type.Null(), Type.String({ minLength: 1 })], {
    default: null,
    description:
      "The file of the key that signs this server's events. Made on the first start when it is absent; by default `signing.key` in `data_dir`. Whoever has it can speak in the name of the server.",
    examples: ["./signing.key"],
  }),
  resolve: (written, { folder, dataDir }) =>
    written === null ? join(dataDir, "signing.key") : resolve(folder, written),
});
