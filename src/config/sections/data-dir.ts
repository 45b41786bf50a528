import { resolve } from "node:path";
import { Type } from "typebox";
import { section } from "../section.ts";

export const dataDir = section({
  key: "data_dir",
  schema: Type.String({
    minLength: 1,
    default: "./heddle-data",
    description:
      "The folder that holds the SQLite file, the media and the signing key, unless these are set elsewhere. Made on the first start when it is absent.",
  }),
  resolve: (written, { folder }) => resolve(folder, written),
});
