/** How the program ends. 78 is `EX_CONFIG` of sysexits. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, configuration: 78 } as const;
