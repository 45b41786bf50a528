/** Asking for previews, for tests. */
import assert from "node:assert/strict";
import type { TestClient, WholeAnswer } from "../../../test/support/client.ts";

const PATH = "/_matrix/client/v1/media/preview_url";

interface Wishes {
  readonly headers?: Readonly<Record<string, string>>;
  readonly ts?: number;
}

/** The answer, whatever it is. */
export async function askPreview(
  client: TestClient,
  url: string,
  { headers = {}, ts }: Wishes = {},
): Promise<WholeAnswer> {
  const query = new URLSearchParams({ url, ...(ts !== undefined && { ts: String(ts) }) });
  return await client.sendBytes("GET", `${PATH}?${query.toString()}`, { headers });
}

/** What is told of a page. */
export async function previewOf(client: TestClient, url: string): Promise<Readonly<Record<string, unknown>>> {
  const answer = await askPreview(client, url);
  assert.equal(answer.status, 200, answer.text);
  return answer.json();
}

/** `502 M_UNKNOWN`. */
export async function refusalOf(client: TestClient, url: string): Promise<string> {
  const answer = await askPreview(client, url);
  return `${answer.status} ${String(answer.json()["errcode"])}`;
}
