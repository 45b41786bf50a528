import type { TestClient } from "./client.ts";

/** What a browser shows: where it is, and the page. */
export interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

/** A browser without a screen: keeps cookies, follows redirects, fills forms in. Reaches a homeserver without sockets. */
export class TextBrowser {
  readonly #homeserver: TestClient;
  readonly #origin: string;
  readonly #cookies = new Map<string, Map<string, string>>();

  /** @param origin by which the homeserver is known */
  constructor(homeserver: TestClient, origin: string) {
    this.#homeserver = homeserver;
    this.#origin = origin;
  }

  /** Follows redirects until a page, or an address that neither the homeserver nor a provider has. */
  async open(to: string | URL, fields?: Readonly<Record<string, string>>): Promise<Shown> {
    let url = new URL(to, this.#origin);
    let sent = fields;
    for (let hops = 0; hops < 20; hops++) {
      if (!this.#isReachable(url)) return { url, status: 0, text: "" };
      const { status, text, location } = await this.step(url, sent);
      if (location === undefined) return { url, status, text };
      url = new URL(location, url);
      sent = undefined;
    }
    throw new Error("The browser is sent in a circle");
  }

  /** One request, whose redirect is not followed. */
  async step(url: URL, fields?: Readonly<Record<string, string>>) {
    const answer = url.origin === this.#origin ? await this.#askHomeserver(url, fields) : await this.#ask(url, fields);
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
    for (const cookie of answer.cookies) {
      const [pair = ""] = cookie.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    this.#cookies.set(url.host, jar);
    return answer;
  }

  /** Sends the first form of the page, with what its hidden fields say and what is typed. */
  async submit({ url, text }: Shown, typed: Readonly<Record<string, string>> = {}): Promise<Shown> {
    const form = /<form[^>]*>/.exec(text)?.[0] ?? "";
    const action = /action="([^"]*)"/.exec(form)?.[1];
    return await this.open(new URL(action ?? url.href, url), { ...hiddenFields(text), ...typed });
  }

  /** Cookies for a host, as a header. */
  cookiesOf(host: string): string {
    return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #isReachable(url: URL): boolean {
    return url.origin === this.#origin || url.hostname === "127.0.0.1";
  }

  async #askHomeserver(url: URL, fields?: Readonly<Record<string, string>>) {
    const to = `${url.pathname}${url.search}`;
    const { status, text, headers } = await this.#homeserver.browse(to, this.cookiesOf(url.host), fields);
    const { location, "set-cookie": cookie } = headers;
    return { status, text, location: location?.toString(), cookies: [cookie ?? []].flat().map(String) };
  }

  async #ask(url: URL, fields?: Readonly<Record<string, string>>) {
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie: this.cookiesOf(url.host) },
      ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
    });
    const location = answer.headers.get("location") ?? undefined;
    return { status: answer.status, text: await answer.text(), location, cookies: answer.headers.getSetCookie() };
  }
}

function hiddenFields(text: string): Record<string, string> {
  const inputs = text.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs.map((input) => [/name="([^"]*)"/.exec(input)?.[1] ?? "", /value="([^"]*)"/.exec(input)?.[1] ?? ""]),
  );
}
