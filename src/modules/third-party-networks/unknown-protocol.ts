import { type MatrixError, notFound } from "../../http/errors.ts";

/** 404: no bridge leads to this network. */
export const unknownProtocol = (protocol: string): MatrixError => notFound(`No bridge leads to ${protocol}`);
