import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { MatrixError } from "../../http/errors.ts";
import { rulePath } from "./path.ts";

const rules = "/_matrix/client/v3/pushrules/";
const attribute = `${rulePath}/{attribute}`;

const unknownPath = async (): Promise<never> => {
  throw new MatrixError(400, "M_UNRECOGNIZED", "Push rules have no such path");
};

/**
 * Asking for what no rule has. By the text, what is not known is answered with 404; but a path of push rules is the address of
 * a thing that a user made, of which 404 says that it is not there, and clients hold this to be an error of their own: so they
 * know it from other servers.
 */
export const getUnknownAttribute = () =>
  endpoint({
    method: "GET",
    path: attribute,
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: unknownPath,
  });

/** Writing what no rule has, or a rule whose address is not complete: as `getUnknownAttribute`. */
export const setUnknownAttribute = () =>
  endpoint({
    method: "PUT",
    path: attribute,
    aliases: [rules, `${rules}{scope}`, `${rules}{scope}/`, `${rules}{scope}/{kind}`],
    auth: "user",
    limit: "none",
    params: Type.Object({}),
    handle: unknownPath,
  });
