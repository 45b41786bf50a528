import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { showError } from "../../pages/show-error.ts";
import { badTarget, chooserPage, unknownProvider } from "./pages.ts";
import type { Provider } from "./provider.ts";
import { parseRedirectUrl } from "./redirect-url.ts";
import type { SignOn } from "./sign-on.ts";

const path = "/_matrix/client/v3/login/sso/redirect";

const query = Type.Object({ redirectUrl: Type.String(), action: Type.Optional(Type.String()) });

interface Needs {
  readonly signOn: SignOn;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly serverName: string;
}

/**
 * Begins to log somebody in for a client: at the one provider there is, or at one that is chosen on a page.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3loginssoredirect
 */
export const getRedirect = ({ signOn, providers, serverName }: Needs) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "login",
    showError,
    params: Type.Object({}),
    query,

    async handle({ query: { redirectUrl: text, action }, headers, url }) {
      const redirectUrl = parseRedirectUrl(text);
      if (redirectUrl === undefined) return badTarget();
      const [first, ...others] = providers.keys();
      if (first === undefined) return unknownProvider();
      if (others.length === 0) {
        return await signOn.begin(first, { kind: "login", redirectUrl }, { headers, wish: wishOf(action) });
      }
      const search = url.slice(url.indexOf("?"));
      const choices = [...providers.values()].map(({ settings: { id, name } }) => ({
        name,
        url: `${path}/${encodeURIComponent(id)}${search}`,
      }));
      return chooserPage(serverName, choices);
    },
  });

/**
 * Begins to log somebody in at the provider that the client chose.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3loginssoredirectidpid
 */
export const getRedirectTo = ({ signOn }: Pick<Needs, "signOn">) =>
  endpoint({
    method: "GET",
    path: `${path}/{idpId}`,
    auth: "none",
    limit: "login",
    showError,
    params: Type.Object({ idpId: Type.String() }),
    query,

    async handle({ params: { idpId }, query: { redirectUrl: text, action }, headers }) {
      const redirectUrl = parseRedirectUrl(text);
      if (redirectUrl === undefined) return badTarget();
      return await signOn.begin(idpId, { kind: "login", redirectUrl }, { headers, wish: wishOf(action) });
    },
  });

const wishOf = (action: string | undefined) => (action === "register" ? "register" : "login");
