/** Header names in lower case, as undici gives them. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The answer of another server, read to its end. */
export class OutgoingResponse {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly #headers: AnswerHeaders;

  constructor(status: number, headers: AnswerHeaders, body: Uint8Array<ArrayBuffer>) {
    this.status = status;
    this.body = body;
    this.#headers = headers;
  }

  /** Between 200 and 299. */
  get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The first of that name (in lower case); `undefined` when there is none. */
  header(name: string): string | undefined {
    return firstOf(this.#headers, name);
  }

  /** All headers, those that come several times as several pairs. */
  headerList(): [string, string][] {
    return Object.entries(this.#headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((text): [string, string] => [name, text]),
    );
  }

  /** The body as UTF-8; what is none becomes U+FFFD. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** @returns `undefined` when the body is no JSON: what others send is not an error of ours */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch {
      return undefined;
    }
  }
}

/** The first header of that name (in lower case); `undefined` when there is none. */
export function firstOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value[0] : value;
}
