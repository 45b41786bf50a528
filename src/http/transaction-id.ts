import { Type } from "typebox";

/**
 * The ID by which a client makes a request known when it repeats it. It is a part of keys in the database, which take no
 * text of any length; longer ones are refused as M_INVALID_PARAM. The specification says nothing of its length.
 * @see https://spec.matrix.org/v1.19/client-server-api/#transaction-identifiers
 */
export const transactionId = Type.String({ maxLength: 255 });
