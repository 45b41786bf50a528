/**
 * Lets a test's process end: matrix-js-sdk gives each long poll a timer of nearly two minutes and never clears it. From
 * now on timers of `setTimeout` keep nothing alive. `node:timers/promises` and open connections do, as ever.
 */
export function letForgottenTimersGo(): void {
  const { setTimeout: original } = globalThis;
  const value = (callback: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]): NodeJS.Timeout =>
    original(callback, delayMs, ...args).unref();
  Object.defineProperty(globalThis, "setTimeout", { value, writable: true, configurable: true });
}
