/**
 * matrix-bot-sdk, unmodified. Of its parts only the one for encryption is left out: that is native code, which npm
 * downloads when scripts may run, and a bot that speaks in the clear never asks for it.
 */
import { registerHooks } from "node:module";

const NATIVE = "@matrix-org/matrix-sdk-crypto-nodejs";
const EMPTY = "file:///without-encryption.cjs";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === NATIVE ? { url: EMPTY, format: "commonjs", shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === EMPTY ? { format: "commonjs", source: "", shortCircuit: true } : next(url, context),
});

export const { AutojoinRoomsMixin, LogLevel, LogService, MatrixClient, MemoryStorageProvider } = await import(
  "matrix-bot-sdk"
);
