import type { HttpClient, OutgoingRequest } from "./request.ts";

/** What libraries hand to a function that stands for `fetch`. */
export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Limits of all requests that a library makes. */
export type FetchLimits = Pick<OutgoingRequest, "maxBytes" | "timeoutMs" | "allowsPlainHttp">;

/** Statuses whose answers have no body, not even an empty one. */
const withoutBody = new Set([101, 204, 205, 304]);

/** A function of the form of `fetch`, for libraries that are told how to ask. Redirects are answers, never followed. */
export function fetchWith(client: HttpClient, limits: FetchLimits) {
  return async (url: string, { method = "GET", headers, body, signal }: FetchOptions = {}): Promise<Response> => {
    const sent = toBody(body);
    const response = await client.request({
      ...limits,
      url,
      method: toMethod(method),
      ...(headers && { headers: lowerCased(headers) }),
      ...(sent !== undefined && { body: sent }),
      ...(signal && { signal }),
    });
    return new Response(withoutBody.has(response.status) ? null : response.body, {
      status: response.status,
      headers: response.headerList(),
    });
  };
}

function toMethod(method: string): NonNullable<OutgoingRequest["method"]> {
  const known = (["GET", "HEAD", "POST", "PUT", "DELETE"] as const).find((name) => name === method.toUpperCase());
  if (known === undefined) throw new TypeError(`A library sends a request with the method ${method}`);
  return known;
}

function toBody(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("A library sends a body of a kind that is not foreseen");
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
