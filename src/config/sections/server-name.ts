import { Type } from "typebox";
import { section } from "../section.ts";

/** @see https://spec.matrix.org/v1.19/appendices/#server-name */
const serverNamePattern = "^(\\[[0-9A-Fa-f:.]{2,45}\\]|[0-9A-Za-z.-]{1,255})(:[0-9]{1,5})?$";

export const serverName = section({
  key: "server_name",
  schema: Type.String({
    pattern: serverNamePattern,
    formName: "a server name such as example.org or example.org:8448",
    maxLength: 230,
    description:
      "The name of this server: what stands after the colon in its users' identifiers, `@alice:example.org`. A host name or an IP address, with a port when needed. It cannot be changed later. The only key without a default.",
    examples: ["example.org"],
  }),
  resolve: (written) => written,
});
