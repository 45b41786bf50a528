/** A service that verifies captchas over HTTP, and the script with which browsers show one: a checkbox. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** What it takes for the answer of a person. */
export const humanAnswer = "i-am-a-person";

export interface CaptchaServiceForTest {
  readonly origin: string;
  /** The section `captcha` of a configuration. */
  readonly section: Readonly<Record<string, unknown>>;
  /** The forms it was asked with. */
  readonly asked: URLSearchParams[];
  /** While it is out of order it answers with an error. */
  isOutOfOrder: boolean;
  close(): void;
}

const SECRET = "captcha-secret";

/** Puts the widget where the service's own script puts it: a field of the form around it. */
const script = `
const draw = () => {
  const place = document.querySelector(".g-recaptcha");
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "g-recaptcha-response" });
  const box = Object.assign(document.createElement("input"), { type: "checkbox", id: "captcha-box" });
  const label = Object.assign(document.createElement("label"), { htmlFor: "captcha-box", textContent: "I am a person" });
  box.addEventListener("change", () => { field.value = box.checked ? "${humanAnswer}" : ""; });
  place.append(box, label, field);
};
if (document.readyState === "loading") addEventListener("DOMContentLoaded", draw);
else draw();`;

export async function startCaptchaService(): Promise<CaptchaServiceForTest> {
  const asked: URLSearchParams[] = [];
  const state = { isOutOfOrder: false };
  const answer = async (request: IncomingMessage): Promise<[type: string, body: string]> => {
    if (request.method === "GET") return ["text/javascript", script];
    const form = new URLSearchParams(await text(request));
    asked.push(form);
    const success = form.get("secret") === SECRET && form.get("response") === humanAnswer;
    return ["application/json", JSON.stringify({ success })];
  };
  const server = createServer((request, response) => void respond(request, response));
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [type, body] = await answer(request);
    response.writeHead(state.isOutOfOrder ? 500 : 200, { "content-type": type }).end(body);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // Whoever forgets to close it shall not keep the process alive.
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return Object.assign(state, {
    origin,
    asked,
    section: {
      public_key: "captcha-site-key",
      private_key: SECRET,
      verify_url: `${origin}/verify`,
      script_url: `${origin}/api.js`,
      origins: [],
    },
    close: () => void server.close(),
  });
}
