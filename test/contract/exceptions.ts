/** Where we differ from the specification's descriptions on purpose, each with the reason. `docs/compliance.md` prints it. */

/** By the key of a finding: `PUT /path: aspect`. Paths of ours that the specification does not have are `unknown`. */
export const endpointExceptions: Readonly<Record<string, string>> = {
  "GET /_matrix/client/versions: auth":
    "the answer is the same for everybody, and a client whose token has expired must be able to ask",
};

/** By the beginning of what is wrong with an answer: `client-server login 200: /well_known`. */
export const answerExceptions: Readonly<Record<string, string>> = {};
