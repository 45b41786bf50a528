import { errors } from "undici";
import { AddressDenied, OutgoingError, type OutgoingFailure } from "./errors.ts";

/** What undici and Node throw, as one of ours. */
export function toOutgoingError(error: unknown, host: string): OutgoingError {
  if (error instanceof OutgoingError) return error;
  return new OutgoingError(kindOf(error), host, { cause: error });
}

function kindOf(error: unknown): OutgoingFailure {
  if (error instanceof AddressDenied) return "denied";
  if (error instanceof errors.HeadersOverflowError) return "too-large";
  if (isTimeout(error)) return "timeout";
  if (decoderErrors.test(codeOf(error))) return "unreadable";
  return certificateErrors.test(codeOf(error)) ? "untrusted" : "unreachable";
}

const isTimeout = (error: unknown): boolean =>
  error instanceof errors.ConnectTimeoutError ||
  error instanceof errors.HeadersTimeoutError ||
  error instanceof errors.BodyTimeoutError ||
  (error instanceof Error && error.name === "TimeoutError") ||
  codeOf(error) === "ETIMEDOUT";

/** OpenSSL's reasons and Node's for a certificate that is not accepted. */
const certificateErrors = /CERT|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID/;

/** Of zlib and brotli. */
const decoderErrors = /^(Z_|ERR_?_(BROTLI|ERROR_|PADDING))/;

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");
