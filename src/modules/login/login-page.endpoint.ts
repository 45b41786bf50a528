import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { html } from "../../pages/html.ts";
import { pageAnswer } from "../../pages/page.ts";
import { showError } from "../../pages/show-error.ts";

/**
 * Logs in with what the server offers, and hands the answer to the client that shows the page. Of the page's query it
 * passes on what says which session to make; a login token comes back there from single sign-on.
 */
const script = `
const form = document.querySelector("form");
const problem = document.getElementById("problem");
const query = new URLSearchParams(location.search);
const token = query.get("loginToken");
query.delete("loginToken");
history.replaceState(null, "", location.pathname + (query.size ? "?" + query : ""));
const wishes = {};
for (const name of ["device_id", "initial_device_display_name"]) if (query.has(name)) wishes[name] = query.get(name);
if (query.has("refresh_token")) wishes.refresh_token = query.get("refresh_token") === "true";

async function logIn(credentials) {
  const body = JSON.stringify({ ...wishes, ...credentials });
  const headers = { "content-type": "application/json" };
  const response = await window.fetch("/_matrix/client/v3/login", { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  document.querySelector("main").innerHTML = "<h1>Done</h1><p>You are logged in. Go back to your app.</p>";
  if (window.matrixLogin && window.matrixLogin.onLogin) window.matrixLogin.onLogin(answer);
}

async function attempt(credentials) {
  problem.hidden = true;
  try {
    await logIn(credentials);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { user, password } = form.elements;
  void attempt({
    type: "m.login.password",
    identifier: { type: "m.id.user", user: user.value.trim() },
    password: password.value,
  });
});

async function offer() {
  const { flows = [] } = await (await window.fetch("/_matrix/client/v3/login")).json();
  const types = flows.map(({ type }) => type);
  form.hidden = !types.includes("m.login.password");
  if (!types.includes("m.login.sso")) return;
  const link = document.getElementById("sso");
  link.href = "/_matrix/client/v3/login/sso/redirect?redirectUrl=" + encodeURIComponent(location.href);
  link.hidden = false;
}

void offer();
if (token !== null) void attempt({ type: "m.login.token", token });
`;

/**
 * The whole login in a browser, for clients that know none of its ways.
 * @see https://spec.matrix.org/v1.19/client-server-api/#login-fallback
 */
export const getLoginPage = (serverName: string) =>
  endpoint({
    method: "GET",
    path: "/_matrix/static/client/login/",
    aliases: ["/_matrix/static/client/login"],
    auth: "none",
    limit: "none",
    showError,
    params: Type.Object({}),
    handle: async () =>
      pageAnswer({
        title: `Log in to ${serverName}`,
        asksServer: true,
        script,
        main: html`<p id="problem" class="problem" role="alert" hidden></p>
<noscript><p class="problem">This page needs JavaScript.</p></noscript>
<form method="post">
<div><label for="user">User name</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></div>
<div><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required></div>
<button>Log in</button>
</form>
<p><a id="sso" class="button quiet" hidden>Log in with single sign-on</a></p>`,
      }),
  });
