/** What the forms of the pages send. Each has a ticket that is good once, in the browser that was given it. */
import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { showError } from "../../pages/show-error.ts";
import { pagesPath } from "./browser.ts";
import type { SignOn } from "./sign-on.ts";

const ticket = Type.String({ maxLength: 255 });
const common = { auth: "none", limit: "login", showError, params: Type.Object({}) } as const;

/** The client may have the account. */
export const postConfirm = (signOn: SignOn) =>
  endpoint({
    ...common,
    method: "POST",
    path: `${pagesPath}/confirm`,
    isForm: true,
    body: Type.Object({ ticket }),
    handle: async ({ body, headers }) => await signOn.confirm(body.ticket, headers),
  });

/** The new account is to be called so. */
export const postName = (signOn: SignOn) =>
  endpoint({
    ...common,
    method: "POST",
    path: `${pagesPath}/name`,
    isForm: true,
    body: Type.Object({ ticket, username: Type.String({ maxLength: 255 }) }),
    handle: async ({ body, headers }) => await signOn.name(body.ticket, body.username, headers),
  });

/** The page of the stage of user-interactive authentication. */
export const getAuthenticate = (signOn: SignOn) =>
  endpoint({
    ...common,
    method: "GET",
    path: `${pagesPath}/authenticate`,
    query: Type.Object({ session: Type.String({ maxLength: 255 }) }),
    handle: async ({ query, headers }) => await signOn.askAgain(query.session, headers),
  });

/** What the client wants to do is wanted. */
export const postAuthenticate = (signOn: SignOn) =>
  endpoint({
    ...common,
    method: "POST",
    path: `${pagesPath}/authenticate`,
    isForm: true,
    body: Type.Object({ ticket, provider: Type.String({ maxLength: 255 }) }),
    handle: async ({ body, headers }) => await signOn.logInAgain(body.ticket, body.provider, headers),
  });
