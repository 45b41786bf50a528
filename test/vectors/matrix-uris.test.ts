import assert from "node:assert/strict";
import {
  formatMatrixToUri,
  formatMatrixUri,
  type MatrixLink,
  parseMatrixToUri,
  parseMatrixUri,
} from "../../src/protocol/ids/matrix-uri.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Vector {
  readonly entity: string;
  readonly uri: string;
}

interface Vectors {
  readonly matrix: readonly Vector[];
  readonly "matrix.to": readonly Vector[];
}

/** The vectors' own words for a link: `$event in !room`, `chat with @user`. */
function entityOf(link: MatrixLink | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (link.action === "chat") return `chat with ${link.target}`;
  return link.eventId === undefined ? link.target : `$event in ${link.target}`;
}

specTest("matrix: URIs are read and written", () => {
  const vectors: Vectors = readVectors("matrix-uris");
  for (const { entity, uri } of vectors.matrix) {
    const link = parseMatrixUri(uri);
    assert.equal(entityOf(link), entity);
    assert.deepEqual(link?.via, uri.includes("via=") ? ["elsewhere.ca"] : []);
    assert.equal(formatMatrixUri(link), uri);
  }
});

specTest("matrix.to links are read encoded or not, and written so that they are read", () => {
  const vectors: Vectors = readVectors("matrix-uris");
  for (const { entity, uri } of vectors["matrix.to"]) {
    const link = parseMatrixToUri(uri);
    assert.equal(entityOf(link), entity);
    assert.ok(link);
    assert.deepEqual(parseMatrixToUri(formatMatrixToUri(link)), link);
  }
  assert.equal(
    formatMatrixToUri({ target: "#somewhere:example.org", via: [] }),
    "https://matrix.to/#/%23somewhere:example.org",
  );
});
