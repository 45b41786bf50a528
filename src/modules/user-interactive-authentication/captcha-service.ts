import { unavailable } from "../../http/errors.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { HttpClient } from "../../outgoing/request.ts";
import type { OutgoingResponse } from "../../outgoing/response.ts";
import type { Captcha } from "./captcha-stage.ts";

/** How a captcha service is asked. */
export interface CaptchaService {
  readonly privateKey: string;
  readonly verifyUrl: string;
}

/** A person waits. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Asks the service about answers, as Google's reCAPTCHA and those after its model are asked. It is not told from which
 * address people come.
 * @see https://developers.google.com/recaptcha/docs/verify
 */
export const verifyingWith =
  (http: HttpClient, { privateKey, verifyUrl }: CaptchaService): Captcha["verify"] =>
  async (response) => {
    const answer = await ask(http, verifyUrl, new URLSearchParams({ secret: privateKey, response }));
    const verdict = answer.isOk ? answer.json() : undefined;
    if (typeof verdict !== "object" || verdict === null || !("success" in verdict)) throw unanswered();
    return verdict.success === true;
  };

async function ask(http: HttpClient, url: string, form: URLSearchParams): Promise<OutgoingResponse> {
  try {
    return await http.request({
      url,
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      // The operator wrote it into the configuration.
      allowsPlainHttp: true,
    });
  } catch (error) {
    if (error instanceof OutgoingError) throw unanswered(error);
    throw error;
  }
}

const unanswered = (cause?: Error) =>
  unavailable("The captcha service does not answer: try again later", ...(cause ? [{ cause }] : []));
