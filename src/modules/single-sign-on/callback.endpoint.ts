import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { showError } from "../../pages/show-error.ts";
import { pagesPath } from "./browser.ts";
import type { SignOn } from "./sign-on.ts";

/** Where providers send browsers back: to be registered at each provider as the redirect URI, after `public_base_url`. */
export const callbackPath = `${pagesPath}/callback`;

/** Takes the provider's answer, for logins and for confirmations. */
export const getCallback = (signOn: SignOn) =>
  endpoint({
    method: "GET",
    path: callbackPath,
    auth: "none",
    limit: "login",
    showError,
    params: Type.Object({}),
    handle: async ({ url, headers }) => await signOn.callback(url.split("?").slice(1).join("?"), headers),
  });
