import type { StreamingClient } from "../../outgoing/request.ts";
import type { StreamedResponse } from "../../outgoing/streamed-response.ts";

const MOST_REDIRECTS = 5;

/**
 * Asks for a page, or for what belongs to one, by the policy of previews.
 * @throws OutgoingError
 */
export type Ask = (url: URL, accept: string) => Promise<StreamedResponse>;

interface Needs {
  readonly http: StreamingClient;
  readonly mayAsk: (url: URL) => boolean;
}

interface AskLimits {
  readonly language: string;
  /** For each request; all of them end with the signal. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** All that is asked for one preview is asked in one language, and within one time. */
export const askingWith =
  ({ http, mayAsk }: Needs, { language, timeoutMs, signal }: AskLimits): Ask =>
  async (url, accept) =>
    await http.stream({
      url,
      headers: { accept, "accept-language": language, "user-agent": "heddle (bot; previews of links)" },
      redirects: MOST_REDIRECTS,
      allowsPlainHttp: true,
      unpacks: true,
      mayAsk,
      timeoutMs,
      signal,
    });
